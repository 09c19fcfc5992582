import { ops as definitions } from '@striate/core/backend';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { ops } from '@striate/core';
import { random, startTrials, type Trials } from '../../testing.ts';
import { convolutionKernels } from './index.ts';
import { localGeometryOf } from './local-geometry.ts';

const cases: (ops.LocalGeometry & { x: [number, number, number, number]; filters: number })[] = [
  { x: [40, 6, 7, 4], filters: 8, kernelSize: [3, 3], strides: [1, 1], padding: [1, 1, 1, 1] },
  { x: [300, 9, 8, 3], filters: 5, kernelSize: [3, 2], strides: [2, 3], padding: [0, 2, 1, 0] },
  { x: [3, 6, 7, 4], filters: 8, kernelSize: [3, 3], strides: [1, 1], padding: [1, 1, 1, 1] },
  { x: [2, 9, 8, 3], filters: 5, kernelSize: [3, 2], strides: [2, 3], padding: [0, 2, 1, 0] },
  { x: [40, 5, 4, 1], filters: 1, kernelSize: [1, 4], strides: [1, 1], padding: [0, 0, 0, 0] },
];

describe('locally connected layers', () => {
  let trials: Trials;
  beforeAll(async () => {
    trials = await startTrials({ kernels: convolutionKernels });
  });
  afterAll(() => trials.stop());

  it.each(cases)('agree with the reference in all passes: %o', async ({ x: inputShape, filters, ...window }) => {
    const { output, taps, channels, images } = localGeometryOf(inputShape, window);
    const inputs = {
      x: random(inputShape),
      kernel: random([output[0] * output[1], taps * channels, filters]),
      bias: random([...output, filters]),
      dy: random([images, ...output, filters]),
      y: random([images, ...output, filters]),
    };
    await trials.compare(inputs, ({ x, kernel, bias, dy, y }) => [
      ops.locallyConnected2d({ x, kernel, bias }, { ...window, activation: 'relu' }),
      ...definitions.locallyConnected2dInputGradient({ dy, kernel, y }, { ...window, inputShape }),
      ...definitions.locallyConnected2dKernelGradient({ x, dy, y }, window),
    ]);
  });
});
