import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import LongestFirst from './tooling/vitest/longest-first.ts';
import SecondsByProject from './tooling/vitest/seconds-by-project.ts';

// Tests start hundreds of Node processes: what each needs is compiled once, which makes a start four times as fast.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/node-compile');

// Vitest leaves out 'node' where conditions are given.
const conditions = ['@striate/source', 'node'];
// Packages link to one another there: their tests would be found again and again.
const installed = '**/node_modules/**';
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
};

const config: ViteUserConfig = defineConfig({
  test: {
    // Vitest would leave one processor free; on two, tests that wait for processes and clocks would leave it idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    reporters: ['default', new SecondsByProject()],
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'apps/page/src/**/*.test.ts', 'tooling/scripts/**/*.test.ts'],
          exclude: [installed, '**/*.slow.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'whole',
          include: [
            'packages/*/src/**/*.slow.test.ts',
            'apps/*.slow.test.ts',
            'apps/*/src/**/*.slow.test.ts',
            'tooling/conformance/**/*.test.ts',
            'examples/**/*.test.ts',
          ],
          exclude: [installed],
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

export default config;
