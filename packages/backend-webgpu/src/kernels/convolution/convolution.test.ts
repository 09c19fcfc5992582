import { ops as definitions } from '@striate/core/backend';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ops } from '@striate/core';
import { data, random, startTrials, type Trials } from '../../testing.ts';
import { inTiles, isProduct, tryConvolution, type ConvolutionCase } from '../../testing/convolution-trial.ts';
import { convolutionKernels } from './index.ts';

const plain = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1 } as const;
const same = { ...plain, padding: [1, 1, 1, 1] } as const;

// A program takes a software GPU a fifth of a second: the many other shapes are in convolution.slow.test.ts.
const cases: Record<string, ConvolutionCase> = {
  'channels and filters by fours': { ...same, x: [2, 9, 7, 8], kernel: [3, 3, 8, 12] },
  'neither, strides 3 and 2, asymmetric padding': {
    ...plain,
    x: [1, 11, 9, 5],
    kernel: [4, 3, 5, 6],
    strides: [3, 2],
    padding: [2, 0, 1, 3],
  },
  'groups, dilation and stride': {
    ...plain,
    x: [1, 15, 14, 8],
    kernel: [3, 3, 4, 10],
    strides: [2, 3],
    dilations: [4, 2],
    groups: 2,
  },
  'more pixels than a workgroup sums': { ...same, x: [4, 20, 18, 4], kernel: [3, 3, 4, 8] },
  'many taps, few pixels': { ...same, x: [2, 8, 8, 32], kernel: [3, 3, 32, 16] },
  'long sums of few elements': { ...plain, x: [1, 4, 4, 64], kernel: [4, 4, 64, 8] },
  'one channel': { ...plain, x: [2, 7, 9, 1], kernel: [5, 5, 1, 8] },
  'depthwise, many pixels': { ...same, x: [4, 30, 32, 4], kernel: [3, 3, 1, 4], groups: 4 },
  'depthwise, multiplier 3, stride 2': {
    ...plain,
    x: [2, 9, 8, 5],
    kernel: [5, 3, 1, 15],
    groups: 5,
    strides: [2, 2],
    dilations: [1, 2],
  },
};

describe('convolution', () => {
  let trials: Trials;
  beforeAll(async () => {
    trials = await startTrials({ kernels: convolutionKernels });
  });
  afterAll(() => trials.stop());

  it.each(Object.entries(cases))('agrees with the reference in all passes: %s', (_, geometry) =>
    tryConvolution(trials, geometry),
  );

  it.each(Object.entries(cases).filter(([, geometry]) => isProduct(geometry)))('agrees in tiles: %s', (_, geometry) =>
    tryConvolution(trials, inTiles(geometry)),
  );

  it('agrees with the reference with nothing fused', () =>
    tryConvolution(trials, { ...same, x: [1, 5, 6, 4], kernel: [3, 3, 4, 4] }, false));

  it('gives the same bits every time', async () => {
    const inputs = { x: random([4, 20, 18, 4]), dy: random([4, 20, 18, 8]), y: random([4, 20, 18, 8]) };
    const run = () => trials.run(inputs, (tensors) => definitions.conv2dKernelGradient(tensors, { ...same, kernelShape: [3, 3, 4, 8] })); // prettier-ignore
    expect(await run()).toEqual(await run());
  });

  it('lets NaN through relu', async () => {
    const inputs = { x: data([1, 2, 2, 2], [1, 0, -1, 0, NaN, 0, 2, 0]), kernel: data([1, 1, 2, 1], [2, 0]) };
    const [y] = await trials.run(inputs, (tensors) => ops.conv2d(tensors, { ...plain, activation: 'relu' }));
    expect([...y!.values]).toEqual([2, 0, NaN, 4]);
  });
});
