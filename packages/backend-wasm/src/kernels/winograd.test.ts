import type { TensorInfo } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namedKernel, type Kernel } from '../kernel.ts';
import { random, startTrials, whole, type Data, type KernelTrials } from '../testing/kernel-trials.ts';
import {
  expectClose,
  naiveForward,
  naiveInputGradient,
  naiveKernelGradient,
  outputShape,
  type ConvolutionCase,
} from '../testing/naive-convolution.ts';
import {
  winogradForward,
  winogradInputGradient,
  winogradKernelGradient,
  winogradPays,
  type WinogradGeometry,
} from './winograd.ts';

type Padding = WinogradGeometry['padding'];
interface Attributes {
  geometry: WinogradGeometry;
  relu: boolean;
}

// The passes as kernels that always take this path.
const forward: Kernel = namedKernel<{ x: TensorInfo; kernel: TensorInfo; bias?: TensorInfo }, Attributes>(
  'test.WinogradForward',
  {
    run({ inputs, attributes: { geometry, relu }, backend }) {
      const y = backend.output(outputShape(caseOf(geometry)));
      const bias = inputs.bias && backend.address(inputs.bias);
      const [x, weights] = [backend.address(inputs.x), backend.address(inputs.kernel)];
      winogradForward(backend, geometry, { x, kernel: weights, bias, y: backend.address(y), relu });
      return y;
    },
  },
);
const inputGradient: Kernel = namedKernel<{ dy: TensorInfo; kernel: TensorInfo; y?: TensorInfo }, Attributes>(
  'test.WinogradInputGradient',
  {
    run({ inputs, attributes: { geometry }, backend }) {
      const dx = backend.output(caseOf(geometry).x);
      const y = inputs.y && backend.address(inputs.y);
      const [dy, weights] = [backend.address(inputs.dy), backend.address(inputs.kernel)];
      winogradInputGradient(backend, geometry, { dy, kernel: weights, y, dx: backend.address(dx) });
      return dx;
    },
  },
);
const kernelGradient: Kernel = namedKernel<{ x: TensorInfo; dy: TensorInfo; y?: TensorInfo }, Attributes>(
  'test.WinogradKernelGradient',
  {
    run({ inputs, attributes: { geometry }, backend }) {
      const dKernel = backend.output(caseOf(geometry).kernel);
      const dBias = backend.output([geometry.filters]);
      const y = inputs.y && backend.address(inputs.y);
      const [x, dy] = [backend.address(inputs.x), backend.address(inputs.dy)];
      winogradKernelGradient(backend, geometry, {
        x,
        dy,
        y,
        dKernel: backend.address(dKernel),
        dBias: backend.address(dBias),
      });
      return [dKernel, dBias];
    },
  },
);

function caseOf({ batch, height, width, channels, filters, padding }: WinogradGeometry): ConvolutionCase {
  const x = [batch, height, width, channels] as const;
  return { x, kernel: [3, 3, channels, filters], strides: [1, 1], padding, dilations: [1, 1], groups: 1 };
}

const geometryOf = (
  x: readonly [number, number, number, number],
  filters: number,
  padding: Padding,
): WinogradGeometry => ({
  batch: x[0],
  height: x[1],
  width: x[2],
  channels: x[3],
  filters,
  padding,
});
const valid: Padding = [0, 0, 0, 0];
const same: Padding = [1, 1, 1, 1];

const geometries: WinogradGeometry[] = [
  geometryOf([3, 13, 13, 32], 64, valid),
  geometryOf([20, 8, 8, 16], 16, same),
  geometryOf([1, 3, 3, 4], 4, valid),
  geometryOf([2, 1, 1, 8], 12, same),
  geometryOf([1, 14, 14, 12], 100, same), // filters are cut into ranges
  geometryOf([2, 5, 6, 140], 72, [2, 2, 2, 2]), // many channels, two ranges of filters in the kernel's gradient
  geometryOf([800, 4, 4, 4], 4, same), // several blocks of tiles in an item
  // Fresh on every run.
  ...Array.from({ length: 16 }, () =>
    geometryOf([whole(1, 4), whole(5, 17), whole(5, 17), 4 * whole(1, 9)], 4 * whole(1, 9), [
      whole(0, 2),
      whole(0, 2),
      whole(0, 2),
      whole(0, 2),
    ]),
  ),
];

type Name = 'x' | 'kernel' | 'bias' | 'dy' | 'y';

function tensorsOf(geometry: WinogradGeometry): Record<Name, Data> {
  const convolution = caseOf(geometry);
  const output = outputShape(convolution);
  return {
    x: random(convolution.x),
    kernel: random(convolution.kernel),
    bias: random([geometry.filters]),
    dy: random(output),
    y: random(output),
  };
}

/** All passes, with and without what is fused into them. */
function run(trials: KernelTrials, geometry: WinogradGeometry, tensors: Record<Name, Data>): Data['values'][] {
  const { x, kernel: weights, bias, dy, y } = tensors;
  return [
    trials.run(forward, { x, kernel: weights }, { geometry, relu: false }),
    trials.run(forward, { x, kernel: weights, bias }, { geometry, relu: true }),
    trials.run(inputGradient, { dy, kernel: weights }, { geometry }),
    trials.run(inputGradient, { dy, kernel: weights, y }, { geometry }),
    trials.run(kernelGradient, { x, dy }, { geometry }),
    trials.run(kernelGradient, { x, dy, y }, { geometry }),
  ].flatMap((outputs) => outputs.map(({ values }) => values));
}

/** The same, from the definition. */
function expected(geometry: WinogradGeometry, tensors: Record<Name, Data>): Float64Array[] {
  const convolution = caseOf(geometry);
  const [x, weights, bias, dy, y] = (['x', 'kernel', 'bias', 'dy', 'y'] as const).map((name) => tensors[name].values);
  const masked = Float64Array.from(dy!, (value, index) => (y![index]! > 0 ? value : 0));
  return [
    naiveForward(convolution, x!, weights!),
    naiveForward(convolution, x!, weights!, bias).map((value) => Math.max(0, value)),
    naiveInputGradient(convolution, dy!, weights!),
    naiveInputGradient(convolution, masked, weights!),
    ...naiveKernelGradient(convolution, x!, dy!),
    ...naiveKernelGradient(convolution, x!, masked),
  ];
}

// Trials run with 1, 2 and 4 threads and want the same bits of each.
describe.each(['auto', 'plain'] as const)('Winograd convolution, %s SIMD', (simd) => {
  let trials: KernelTrials;
  beforeAll(async () => {
    trials = await startTrials({ simd });
  });
  afterAll(() => trials.stop());

  it.each(geometries.map((geometry) => [JSON.stringify(geometry), geometry] as const))(
    'agrees with the definition: %s',
    (_, geometry) => {
      const tensors = tensorsOf(geometry);
      const got = run(trials, geometry, tensors);
      for (const [index, wanted] of expected(geometry, tensors).entries()) expectClose(got[index]!, wanted, 3e-5);
    },
  );

  it('takes tiles that lie in the padding', () => {
    const geometry = geometryOf([2, 6, 5, 8], 12, [7, 9, 8, 6]);
    const { x, kernel: weights, dy } = tensorsOf(geometry);
    const convolution = caseOf(geometry);
    const [y] = trials.run(forward, { x, kernel: weights }, { geometry, relu: false });
    expectClose(y!.values, naiveForward(convolution, x.values, weights.values), 3e-5);
    const gradients = trials.run(kernelGradient, { x, dy }, { geometry });
    for (const [index, wanted] of naiveKernelGradient(convolution, x.values, dy.values).entries()) {
      expectClose(gradients[index]!.values, wanted, 3e-5);
    }
  });

  it('gives the same bits on every call', () => {
    const geometry = geometryOf([2, 15, 13, 36], 68, valid);
    const tensors = tensorsOf(geometry);
    expect(run(trials, geometry, tensors)).toEqual(run(trials, geometry, tensors));
  });
});

describe('winogradPays', () => {
  it('takes what it can and what is faster', () => {
    const layer = geometryOf([64, 13, 13, 32], 64, valid);
    expect(winogradPays('forward', layer)).toBe(true);
    expect(winogradPays('inputGradient', layer)).toBe(true);
    expect(winogradPays('kernelGradient', layer)).toBe(true);
    expect(winogradPays('forward', { ...layer, channels: 30 })).toBe(false);
    expect(winogradPays('kernelGradient', { ...layer, filters: 30 })).toBe(false);
    // One pixel in a tile of sixteen.
    expect(winogradPays('forward', { ...layer, height: 3, width: 3 })).toBe(false);
    // More work with weights than with pixels.
    expect(winogradPays('forward', geometryOf([1, 4, 4, 512], 512, same))).toBe(false);
  });

  it('leaves input gradients that crop to the direct path', () => {
    const layer = geometryOf([8, 16, 16, 16], 16, [3, 1, 1, 1]);
    expect(winogradPays('forward', layer)).toBe(true);
    expect(winogradPays('inputGradient', layer)).toBe(false);
  });
});
