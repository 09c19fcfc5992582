// `pnpm check`: types, lint (circles among files too), repeats, format and unit tests; a minute or two.
import { run } from './run.ts';

run('turbo', ['run', 'generate', '--output-logs=errors-only'], 'lists and kernels');
run('tsc', ['-p', 'tsconfig.json'], 'types');
run('oxlint', ['--type-aware'], 'lint');
run('node', ['tooling/scripts/check-repeats.ts'], 'repeats');
run('oxfmt', ['--check', '.'], 'format');
run('vitest', ['run', '--project', 'unit'], 'unit tests');
