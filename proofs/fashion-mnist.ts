// The small CNN learns Fashion-MNIST: mean test accuracy of seeds 1 to 3 at least 91.5%.
//
//   pnpm proof fashion-mnist [--backend wasm | onednn] [--seed S | --seeds 1,2,3] [--directory FOLDER] [--peer | --no-peer]
//
// Without --directory, the files are those of Debian's package dataset-fashion-mnist, else they are downloaded.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fashionMnist } from '@striate/data';
import { proveAccuracy } from './shared/prove-accuracy.ts';

const debian = '/usr/share/datasets/fashion-mnist';

await proveAccuracy({
  name: 'fashion-mnist',
  // The learning rate was chosen on 5,000 of the training images, held out: 92.72% with 2e-3, 92.58% with 1e-3.
  recipe: { epochs: 10, learningRate: 2e-3, schedule: 'cosine' },
  mean: 0.915,
  async load(directory = existsSync(debian) ? debian : undefined) {
    if (directory !== undefined) return { data: await fashionMnist({ directory }), directory };
    const cache = join(homedir(), '.cache', 'striate', 'fashion-mnist');
    return { data: await fashionMnist({ cache }), directory: cache };
  },
});
