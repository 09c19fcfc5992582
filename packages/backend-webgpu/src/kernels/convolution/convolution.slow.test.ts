import { afterAll, beforeAll, describe, it } from 'vitest';
import { startTrials, type Trials } from '../../testing.ts';
import {
  inTiles,
  isProduct,
  randomCase,
  tryConvolution,
  type ConvolutionCase,
} from '../../testing/convolution-trial.ts';
import { convolutionKernels } from './index.ts';

const plain = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1 } as const;
const same = { ...plain, padding: [1, 1, 1, 1] } as const;

const named: Record<string, ConvolutionCase> = {
  'one pixel, one channel': { ...plain, x: [1, 1, 1, 1], kernel: [1, 1, 1, 1] },
  'three channels': { ...same, x: [2, 7, 9, 3], kernel: [3, 3, 3, 16] },
  'one channel, filters not by fours': { ...same, x: [3, 7, 9, 1], kernel: [3, 3, 1, 6] },
  'channels by fours, filters not': { ...same, x: [1, 6, 5, 8], kernel: [3, 3, 8, 5] },
  'filters by fours, channels not': { ...plain, x: [1, 6, 5, 6], kernel: [5, 5, 6, 16] },
  'one filter': { ...plain, x: [3, 5, 5, 4], kernel: [3, 3, 4, 1] },
  '1x1': { ...plain, x: [2, 6, 6, 12], kernel: [1, 1, 12, 40] },
  '1x1, stride 2': { ...plain, x: [2, 7, 8, 16], kernel: [1, 1, 16, 32], strides: [2, 2] },
  'stride 2': { ...plain, x: [2, 12, 13, 8], kernel: [3, 3, 8, 16], strides: [2, 2], padding: [0, 1, 0, 1] },
  'stride beyond the kernel': { ...plain, x: [1, 10, 11, 4], kernel: [2, 1, 4, 4], strides: [3, 4] },
  dilations: { ...plain, x: [1, 13, 12, 4], kernel: [3, 3, 4, 8], dilations: [2, 3], padding: [2, 2, 3, 3] },
  'dilation and stride': { ...plain, x: [1, 15, 14, 4], kernel: [3, 3, 4, 5], strides: [2, 3], dilations: [4, 2] },
  groups: { ...same, x: [2, 6, 7, 8], kernel: [3, 3, 4, 12], groups: 2 },
  'groups with stride': { ...same, x: [1, 8, 7, 6], kernel: [3, 3, 2, 9], groups: 3, strides: [2, 1] },
  'enough pixels for large tiles': { ...plain, x: [1, 257, 256, 4], kernel: [1, 1, 4, 8] },
  depthwise: { ...same, x: [2, 7, 8, 12], kernel: [3, 3, 1, 12], groups: 12 },
  'depthwise, multiplier 3': { ...same, x: [1, 6, 6, 4], kernel: [3, 3, 1, 12], groups: 4, strides: [1, 2] },
  'depthwise, multiplier 4': { ...same, x: [1, 6, 6, 3], kernel: [3, 3, 1, 12], groups: 3 },
};

const cases = [
  ...Object.entries(named),
  ...Array.from({ length: 4 }, () => randomCase()).map((geometry) => [JSON.stringify(geometry), geometry] as const),
];

describe('convolution', () => {
  let trials: Trials;
  beforeAll(async () => {
    trials = await startTrials({ kernels: convolutionKernels });
  });
  afterAll(() => trials.stop());

  it.each(cases)('agrees with the reference in all passes: %s', (_, geometry) => tryConvolution(trials, geometry));

  it.each(cases.filter(([, geometry]) => isProduct(geometry)))('agrees in tiles: %s', (_, geometry) =>
    tryConvolution(trials, inTiles(geometry)),
  );
});
