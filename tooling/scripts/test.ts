// `pnpm test`: everything that can run here. Builds the packages, checks what would be published, and runs all tests.
// What backends need and this machine lacks is left out, with the reason, unless STRIATE_REQUIRE lists the backend.
import { run, start } from './run.ts';

const sources = ['--conditions=@striate/source', '--disable-warning=ExperimentalWarning'];

// Downloads wait for the network while the rest computes.
const prepared = start('node', [...sources, 'tooling/scripts/prepare.ts'], 'what backends need');
await start('turbo', ['run', 'generate', 'build', '--output-logs=errors-only'], 'build');
await Promise.all([
  start('node', ['tooling/scripts/check-packages.ts'], 'packages as they would be published'),
  start('tsc', ['-p', 'tsconfig.json'], 'types'),
  start('oxlint', ['--type-aware'], 'lint')
    .then(() => start('oxfmt', ['--check', '.'], 'format'))
    .then(() => start('node', ['tooling/scripts/check-repeats.ts'], 'repeats')),
]);
await prepared;
run('vitest', ['run'], 'tests');
