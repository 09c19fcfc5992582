import { beforeAll, describe, it } from 'vitest';
import { paddingModes } from '../padding-mode.ts';
import { checkGradients, seed, type GradientCase } from '../testing/check-gradients.ts';
import { cpu } from '../testing.ts';
import { use } from '../use.ts';
import * as ops from './index.ts';

const window = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1, activation: 'linear' } as const;
const cases: GradientCase[] = [
  ...paddingModes.map((mode): GradientCase => ({
    name: `pad2d, ${mode}`,
    inputs: { x: [2, 4, 5, 3] },
    compute: ({ x }) => ops.pad2d(x!, { padding: [3, 1, 2, 3], mode }),
  })),
  {
    name: 'transpose',
    inputs: { x: [2, 3, 4, 5] },
    compute: ({ x }) => ops.transpose(x!, [3, 0, 2, 1]),
  },
  {
    name: 'conv2dTranspose with bias, stride and padding',
    inputs: { x: [2, 4, 3, 3], kernel: [3, 2, 4, 3], bias: [4] },
    compute: ({ x, kernel, bias }) =>
      ops.conv2dTranspose(
        { x: x!, kernel: kernel!, bias },
        { ...window, strides: [2, 3], padding: [1, 0, 0, 1], outputSize: [9, 7] },
      ),
  },
  {
    name: 'conv2dTranspose with groups and dilation',
    inputs: { x: [1, 4, 5, 4], kernel: [2, 3, 3, 4], bias: [6] },
    compute: ({ x, kernel, bias }) =>
      ops.conv2dTranspose(
        { x: x!, kernel: kernel!, bias },
        { ...window, groups: 2, dilations: [3, 2], strides: [2, 1], outputSize: [11, 9] },
      ),
  },
  {
    name: 'conv2dTranspose with relu',
    inputs: { x: [1, 3, 3, 2], kernel: [2, 2, 3, 2], bias: [3] },
    compute: ({ x, kernel, bias }) =>
      ops.conv2dTranspose(
        { x: x!, kernel: kernel!, bias },
        { ...window, strides: [2, 2], outputSize: [6, 6], activation: 'relu' },
      ),
    step: 1e-4,
  },
  {
    name: 'locallyConnected2d with bias, stride and padding',
    inputs: { x: [2, 5, 6, 3], kernel: [12, 18, 2], bias: [3, 4, 2] },
    compute: ({ x, kernel, bias }) =>
      ops.locallyConnected2d(
        { x: x!, kernel: kernel!, bias },
        { kernelSize: [3, 2], strides: [2, 2], padding: [2, 1, 1, 1], activation: 'linear' },
      ),
  },
  {
    name: 'locallyConnected2d with relu',
    inputs: { x: [2, 3, 4, 2], kernel: [6, 8, 3], bias: [2, 3, 3] },
    compute: ({ x, kernel, bias }) =>
      ops.locallyConnected2d(
        { x: x!, kernel: kernel!, bias },
        { kernelSize: [2, 2], strides: [1, 1], padding: [0, 0, 0, 0], activation: 'relu' },
      ),
    step: 1e-4,
  },
];

describe(`gradients of the convolutions against finite differences (seed ${seed})`, () => {
  beforeAll(() => use(cpu()));

  it.each(cases)('$name', checkGradients);
});
