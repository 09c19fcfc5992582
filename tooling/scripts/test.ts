// `pnpm test`: everything that can run here. Builds the packages, checks what would be published, and runs the tests;
// `pnpm test:gpu` has those of WebGPU and of the apps, which take long where there is no GPU.
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
run('vitest', ['run', '--project', 'unit', '--project', 'whole'], 'tests');
