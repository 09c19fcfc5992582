import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kernel } from '../kernel.ts';
import { conv2dInputGradient } from './conv2d-input-gradient.ts';
import { conv2dKernelGradient } from './conv2d-kernel-gradient.ts';
import { conv2d } from './conv2d.ts';
import { data, random, startTrials, whole, type Data, type KernelTrials } from '../testing/kernel-trials.ts';
import {
  expectClose,
  naiveForward,
  naiveInputGradient,
  naiveKernelGradient,
  outputShape,
  type ConvolutionCase,
} from '../testing/naive-convolution.ts';

const plain = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1 } as const;
const same = { ...plain, padding: [1, 1, 1, 1] } as const;

const named: Record<string, ConvolutionCase> = {
  'first layer of MNIST': { ...plain, x: [5, 28, 28, 1], kernel: [3, 3, 1, 32] },
  'first layer of LeNet': { ...plain, x: [3, 28, 28, 1], kernel: [5, 5, 1, 6], padding: [2, 2, 2, 2] },
  colours: { ...same, x: [2, 32, 32, 3], kernel: [3, 3, 3, 16] },
  'small images': { ...same, x: [7, 4, 4, 9], kernel: [3, 3, 9, 17] },
  'one pixel': { ...plain, x: [1, 1, 1, 1], kernel: [1, 1, 1, 1] },
  'width 11': { ...plain, x: [2, 13, 13, 32], kernel: [3, 3, 32, 64] },
  '1x1': { ...plain, x: [2, 9, 7, 20], kernel: [1, 1, 20, 24] },
  '1x1 with stride 2': { ...plain, x: [3, 9, 8, 16], kernel: [1, 1, 16, 32], strides: [2, 2] },
  'stride 2': { ...same, x: [2, 16, 15, 16], kernel: [3, 3, 16, 12], strides: [2, 2] },
  'stride 3 beyond the kernel': { ...plain, x: [2, 11, 12, 4], kernel: [2, 1, 4, 5], strides: [3, 3] },
  'stem of ResNet': { ...plain, x: [1, 30, 30, 3], kernel: [7, 7, 3, 24], strides: [2, 2], padding: [3, 3, 3, 3] },
  dilation: { ...plain, x: [2, 12, 13, 5], kernel: [3, 3, 5, 9], dilations: [2, 3], padding: [2, 2, 3, 3] },
  'stride and dilation': {
    ...plain,
    x: [1, 14, 17, 3],
    kernel: [3, 2, 3, 8],
    dilations: [2, 3],
    strides: [2, 2],
    padding: [1, 2, 0, 3],
  },
  'stride 2, dilation 4': {
    ...plain,
    x: [1, 14, 17, 3],
    kernel: [2, 3, 3, 8],
    dilations: [4, 4],
    strides: [2, 2],
    padding: [1, 2, 0, 3],
  },
  'padding larger than the kernel': { ...plain, x: [2, 5, 6, 3], kernel: [2, 3, 3, 4], padding: [3, 4, 5, 2] },
  groups: { ...same, x: [2, 9, 9, 12], kernel: [3, 3, 4, 15], groups: 3 },
  'groups, 1x1': { ...plain, x: [2, 9, 9, 12], kernel: [1, 1, 6, 20], groups: 2 },
  depthwise: { ...same, x: [2, 10, 11, 19], kernel: [3, 3, 1, 19], groups: 19 },
  'depthwise, stride 2': { ...same, x: [2, 10, 11, 32], kernel: [3, 3, 1, 32], groups: 32, strides: [2, 2] },
  'depthwise with multiplier': { ...same, x: [1, 6, 5, 4], kernel: [3, 3, 1, 12], groups: 4 },
  'depthwise with multiplier 2, stride 2': {
    ...same,
    x: [2, 9, 10, 13],
    kernel: [3, 3, 1, 26],
    groups: 13,
    strides: [2, 2],
  },
  'depthwise with multiplier 3, dilation': {
    ...same,
    x: [1, 12, 9, 8],
    kernel: [3, 2, 1, 24],
    groups: 8,
    dilations: [2, 3],
    padding: [2, 2, 0, 3],
  },
  'depthwise on one pixel': { ...plain, x: [3, 1, 1, 40], kernel: [1, 1, 1, 40], groups: 40 },
  'large depthwise image': { ...same, x: [2, 60, 70, 24], kernel: [5, 3, 1, 24], groups: 24, padding: [2, 2, 1, 1] },
  'dilated groups with stride': {
    ...same,
    x: [2, 13, 14, 8],
    kernel: [3, 3, 4, 10],
    groups: 2,
    dilations: [2, 2],
    strides: [2, 3],
  },
  'many channels, few pixels': { ...same, x: [1, 5, 5, 200], kernel: [3, 3, 200, 70] },
  'large image': { ...same, x: [1, 90, 120, 8], kernel: [3, 3, 8, 9] },
};

/** Fresh shapes on every run; a failure names the case. */
function randomCase(): ConvolutionCase {
  const groups = whole(1, 4) === 4 ? whole(2, 3) : 1;
  const kernel = [whole(1, 5), whole(1, 5), whole(1, 9), whole(1, 10) * groups] as const;
  const dilations = [whole(1, 3), whole(1, 3)] as const;
  const padding = [whole(0, 4), whole(0, 4), whole(0, 4), whole(0, 4)] as const;
  const side = (axis: 0 | 1): number => dilations[axis] * (kernel[axis] - 1) + 1 + whole(0, 14);
  return {
    x: [whole(1, 4), side(0), side(1), kernel[2] * groups],
    kernel,
    strides: [whole(1, 3), whole(1, 3)],
    padding,
    dilations,
    groups,
  };
}

const cases = [
  ...Object.entries(named),
  ...Array.from({ length: 40 }, () => randomCase()).map((geometry) => [JSON.stringify(geometry), geometry] as const),
];

type Name = 'x' | 'kernel' | 'bias' | 'dy' | 'y';

function tensorsOf(geometry: ConvolutionCase): Record<Name, Data> {
  const output = outputShape(geometry);
  return {
    x: random(geometry.x),
    kernel: random(geometry.kernel),
    bias: random([output[3]]),
    dy: random(output),
    y: random(output),
  };
}

/** All passes, with and without what is fused into them. */
function run(
  trials: KernelTrials,
  geometry: ConvolutionCase,
  tensors: Record<Name, Data>,
  kernels: readonly Kernel[] = [conv2d, conv2dInputGradient, conv2dKernelGradient],
): Data['values'][] {
  const [forward, inputGradient, kernelGradient] = kernels;
  const { x, kernel, bias, dy, y } = tensors;
  const forInput = { ...geometry, inputShape: geometry.x };
  const forKernel = { ...geometry, kernelShape: geometry.kernel };
  return [
    trials.run(forward!, { x, kernel }, { ...geometry, activation: 'linear' }),
    trials.run(forward!, { x, kernel, bias }, { ...geometry, activation: 'relu' }),
    trials.run(inputGradient!, { dy, kernel }, forInput),
    trials.run(inputGradient!, { dy, kernel, y }, forInput),
    trials.run(kernelGradient!, { x, dy }, forKernel),
    trials.run(kernelGradient!, { x, dy, y }, forKernel),
  ].flatMap((outputs) => outputs.map(({ values }) => values));
}

/** The same, from the definition. */
function expected(geometry: ConvolutionCase, tensors: Record<Name, Data>): Float64Array[] {
  const [x, kernel, bias, dy, y] = (['x', 'kernel', 'bias', 'dy', 'y'] as const).map((name) => tensors[name].values);
  const masked = Float64Array.from(dy!, (value, index) => (y![index]! > 0 ? value : 0));
  return [
    naiveForward(geometry, x!, kernel!),
    naiveForward(geometry, x!, kernel!, bias).map((value) => Math.max(0, value)),
    naiveInputGradient(geometry, dy!, kernel!),
    naiveInputGradient(geometry, masked, kernel!),
    ...naiveKernelGradient(geometry, x!, dy!),
    ...naiveKernelGradient(geometry, x!, masked),
  ];
}

const withWinograd = (kernel: Kernel): Kernel => ({
  ...kernel,
  run: (call) => kernel.run({ ...call, backend: { ...call.backend, winograd: true } }),
});

// Trials run with 1, 2 and 4 threads and want the same bits of each.
describe('convolution', () => {
  let trials: KernelTrials;
  beforeAll(async () => {
    trials = await startTrials();
  });
  afterAll(() => trials.stop());

  it.each(cases)('agrees with the definition in all passes: %s', (_, geometry) => {
    const tensors = tensorsOf(geometry);
    const got = run(trials, geometry, tensors);
    expected(geometry, tensors).forEach((values, index) => expectClose(got[index]!, values));
  });

  it.each([
    { ...same, x: [3, 9, 11, 16], kernel: [3, 3, 16, 24] },
    { ...plain, x: [2, 13, 13, 32], kernel: [3, 3, 32, 64] },
    { ...plain, x: [2, 6, 9, 8], kernel: [3, 3, 8, 12], padding: [0, 2, 1, 0] },
  ] satisfies ConvolutionCase[])('agrees with the definition where Winograd is allowed: %o', (geometry) => {
    const tensors = tensorsOf(geometry);
    const kernels = [conv2d, conv2dInputGradient, conv2dKernelGradient].map(withWinograd);
    const got = run(trials, geometry, tensors, kernels);
    expected(geometry, tensors).forEach((values, index) => expectClose(got[index]!, values, 1e-4));
  });

  it('gives the same bits every time', () => {
    const geometry = named['width 11']!;
    const tensors = tensorsOf(geometry);
    expect(run(trials, geometry, tensors)).toEqual(run(trials, geometry, tensors));
  });

  it('lets NaN through relu', () => {
    const geometry = { ...plain, x: [1, 2, 2, 1], kernel: [1, 1, 1, 1] } as const;
    const inputs = { x: data(geometry.x, [1, -1, NaN, 2]), kernel: data(geometry.kernel, [2]) };
    const [y] = trials.run(conv2d, inputs, { ...geometry, activation: 'relu' });
    expect([...y!.values]).toEqual([2, 0, NaN, 4]);
  });
});
