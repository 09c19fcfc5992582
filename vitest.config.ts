import { defineConfig, type ViteUserConfig } from 'vitest/config';

const conditions = ['@striate/source'];
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
          include: ['packages/*/src/**/*.test.ts', 'tooling/scripts/**/*.test.ts'],
          exclude: ['**/*.slow.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'whole',
          include: ['packages/*/src/**/*.slow.test.ts', 'tooling/conformance/**/*.test.ts', 'examples/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

export default config;
