import { defineConfig, type ViteUserConfig } from 'vitest/config';

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
