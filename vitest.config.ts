import { defineConfig, type ViteUserConfig } from 'vitest/config';

const conditions = ['@striate/source'];
const onGpu = ['browser-webgpu', 'webgpu-step'].map((name) => `tooling/conformance/src/${name}.test.ts`);
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
          exclude: ['**/*.slow.test.ts', 'packages/backend-webgpu/**'],
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
            'apps/**/*.slow.test.ts',
            'tooling/conformance/**/*.test.ts',
            'examples/**/*.test.ts',
          ],
          exclude: ['packages/backend-webgpu/**', ...onGpu],
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...shared,
        test: {
          // Minutes without a GPU, where every shader is compiled for the processor: `pnpm test:gpu`.
          name: 'gpu',
          include: ['packages/backend-webgpu/src/**/*.test.ts', ...onGpu],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

export default config;
