// `pnpm test`: everything that can run here. Builds the packages, checks what would be published, and runs all tests.
import { run } from './run.ts';

run('turbo', ['run', 'generate', 'build', '--output-logs=errors-only'], 'build');
run('tsc', ['-p', 'tsconfig.json'], 'types');
run('oxlint', ['--type-aware'], 'lint');
run('oxfmt', ['--check', '.'], 'format');
run('node', ['tooling/scripts/check-packages.ts'], 'packages as they would be published');
run('vitest', ['run'], 'tests');
