// `pnpm test`: everything that can run here. Builds the packages, checks what would be published, and runs all tests.
// What backends need and this machine lacks is left out, with the reason, unless STRIATE_REQUIRE lists the backend.
import { run } from './run.ts';

run('turbo', ['run', 'generate', 'build', '--output-logs=errors-only'], 'build');
run('tsc', ['-p', 'tsconfig.json'], 'types');
run('oxlint', ['--type-aware'], 'lint');
run('oxfmt', ['--check', '.'], 'format');
run('node', ['tooling/scripts/check-packages.ts'], 'packages as they would be published');
run(
  'node',
  ['--conditions=@striate/source', '--disable-warning=ExperimentalWarning', 'tooling/scripts/prepare.ts'],
  'what backends need',
);
run('vitest', ['run'], 'tests');
