import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv2dTranspose } from './conv2d-transpose.ts';
import { random, startTrials, whole, type KernelTrials } from '../testing/kernel-trials.ts';
import { expectClose, naiveInputGradient, outputShape, type ConvolutionCase } from '../testing/naive-convolution.ts';

const plain = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1 } as const;

/** `x` is the shape of the larger image, as of the convolution that leads back. */
const named: Record<string, ConvolutionCase> = {
  'twice as large': { ...plain, x: [2, 14, 12, 8], kernel: [3, 3, 8, 16], strides: [2, 2], padding: [0, 1, 0, 1] },
  'stride beyond the kernel': { ...plain, x: [2, 12, 13, 5], kernel: [2, 1, 5, 3], strides: [3, 4] },
  'as large, many channels': { ...plain, x: [2, 12, 12, 16], kernel: [3, 3, 16, 24], padding: [1, 1, 1, 1] },
  groups: { ...plain, x: [1, 9, 9, 6], kernel: [3, 2, 3, 10], groups: 2, strides: [2, 1] },
  'one filter a channel': { ...plain, x: [2, 9, 8, 12], kernel: [3, 3, 1, 12], groups: 12, strides: [2, 2] },
  'one filter of three channels': { ...plain, x: [2, 9, 8, 4], kernel: [3, 3, 1, 12], groups: 4, strides: [2, 2] },
  'dilation and stride': { ...plain, x: [1, 15, 14, 4], kernel: [3, 3, 4, 5], strides: [2, 3], dilations: [4, 2] },
  'one pixel': { ...plain, x: [1, 1, 1, 1], kernel: [1, 1, 1, 1] },
};

/** Fresh shapes on every run; a failure names the case. */
function randomCase(): ConvolutionCase {
  const groups = whole(1, 3);
  const kernel = [whole(1, 4), whole(1, 4), whole(1, 5), whole(1, 5) * groups] as const;
  const dilations = [whole(1, 3), whole(1, 3)] as const;
  const side = (axis: 0 | 1): number => dilations[axis] * (kernel[axis] - 1) + 1 + whole(0, 9);
  return {
    x: [whole(1, 3), side(0), side(1), kernel[2] * groups],
    kernel,
    strides: [whole(1, 4), whole(1, 4)],
    padding: [whole(0, 2), whole(0, 2), whole(0, 2), whole(0, 2)],
    dilations,
    groups,
  };
}

const cases = [
  ...Object.entries(named),
  ...Array.from({ length: 24 }, () => randomCase()).map((geometry) => [JSON.stringify(geometry), geometry] as const),
];

describe('transposed convolution', () => {
  let trials: KernelTrials;
  beforeAll(async () => {
    trials = await startTrials();
  });
  afterAll(() => trials.stop());

  it.each(cases)('agrees with the definition: %s', (_, geometry) => {
    const [x, kernel] = [random(outputShape(geometry)), random(geometry.kernel)];
    const filters = geometry.x[3];
    const bias = random([filters]);
    const attributes = { ...geometry, outputSize: geometry.x.slice(1, 3) };
    const sums = naiveInputGradient(geometry, x.values, kernel.values);
    const [linear] = trials.run(conv2dTranspose, { x, kernel }, { ...attributes, activation: 'linear' });
    expect(linear!.shape).toEqual(geometry.x);
    expectClose(linear!.values, sums);
    const [rectified] = trials.run(conv2dTranspose, { x, kernel, bias }, { ...attributes, activation: 'relu' });
    expectClose(
      rectified!.values,
      sums.map((sum, index) => Math.max(0, sum + bias.values[index % filters]!)),
    );
  });

  it('agrees with the definition where Winograd is allowed', () => {
    const geometry = named['as large, many channels']!;
    const [x, kernel, bias] = [random(outputShape(geometry)), random(geometry.kernel), random([geometry.x[3]])];
    const allowed: typeof conv2dTranspose = {
      ...conv2dTranspose,
      run: (call) => conv2dTranspose.run({ ...call, backend: { ...call.backend, winograd: true } }),
    };
    const attributes = { ...geometry, outputSize: geometry.x.slice(1, 3), activation: 'relu' };
    const [y] = trials.run(allowed, { x, kernel, bias }, attributes);
    const sums = naiveInputGradient(geometry, x.values, kernel.values);
    expectClose(
      y!.values,
      sums.map((sum, index) => Math.max(0, sum + bias.values[index % geometry.x[3]]!)),
      1e-4,
    );
  });
});
