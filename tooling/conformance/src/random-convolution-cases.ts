import { ops as definitions } from '@striate/core/backend';
import { ops, paddingModes, sizeOf, windowGeometry, type Pair } from '@striate/core';
import type { Draw } from './draw.ts';
import type { CaseInput, OpCase } from './op-case.ts';

/** Kernel gradients, depthwise, transposed and locally connected convolution, padding and the order of axes. */
export function convolutionFamily(draw: Draw): OpCase[] {
  return [
    kernelGradient(draw, true),
    kernelGradient(draw, false),
    depthwise(draw),
    residual(draw),
    transposed(draw),
    locallyConnected(draw),
    padded(draw),
    reordered(draw),
  ];
}

const inputsOf = (draw: Draw, shapes: Record<string, readonly number[]>): Record<string, CaseInput> =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape, values: draw.normal(shape) }]));
const label = (shapes: Record<string, readonly number[]>, attributes: object): string =>
  `${Object.entries(shapes)
    .map(([name, shape]) => `${name} [${shape.join(', ')}]`)
    .join(' ')} ${JSON.stringify(attributes)}`;

function kernelGradient(draw: Draw, useBias: boolean): OpCase {
  const kernelSize = draw.pair(1, 3);
  const dilations = draw.pair(1, 2);
  const strides = draw.pair(1, 2);
  const padding = draw.sides(2);
  const groups = draw.pick([1, 1, 2, 4]);
  const channels = draw.pick([1, 1, 3, 8]);
  const filters = groups * draw.pick([1, 4, 5, 8]);
  const sizeAlong = (axis: 0 | 1): number => dilations[axis] * (kernelSize[axis] - 1) + draw.integer(1, 12);
  const size: Pair = [sizeAlong(0), sizeAlong(1)];
  const { output } = windowGeometry('case', { size, kernelSize, strides, padding, dilations });
  const images = draw.integer(1, 3);
  const kernelShape = [...kernelSize, channels, filters];
  const attributes = { strides, dilations, groups, padding, kernelShape, useBias };
  const outputShape = [images, ...output, filters];
  const shapes = { x: [images, ...size, channels * groups], dy: outputShape, y: outputShape };
  return {
    name: `conv2dKernelGradient ${label(shapes, attributes)}`,
    inputs: inputsOf(draw, shapes),
    differentiate: [],
    compute: ({ x, dy, y }) => definitions.conv2dKernelGradient({ x: x!, dy: dy!, y }, attributes),
  };
}

function depthwise(draw: Draw): OpCase {
  const kernelSize = draw.pair(1, 4);
  const dilations = draw.pair(1, 2);
  const channels = draw.pick([2, 3, 8, 13, 16]);
  const filters = channels * draw.pick([1, 1, 2, 3]);
  const size = kernelSize.map((length, axis) => dilations[axis]! * (length - 1) + draw.integer(1, 14));
  const activation = draw.pick(['linear', 'relu'] as const);
  const attributes = { strides: draw.pair(1, 3), dilations, groups: channels, padding: draw.sides(2), activation };
  const shapes = { x: [draw.integer(1, 3), ...size, channels], kernel: [...kernelSize, 1, filters], bias: [filters] };
  return {
    name: `depthwise ${label(shapes, attributes)}`,
    inputs: inputsOf(draw, shapes),
    differentiate: ['x', 'kernel', 'bias'],
    compute: ({ x, kernel, bias }) => [ops.conv2d({ x: x!, kernel: kernel!, bias }, attributes)],
  };
}

function residual(draw: Draw): OpCase {
  const kernelSize = draw.pair(1, 3);
  const [channels, filters] = [draw.pick([3, 8, 16]), draw.pick([4, 5, 16])];
  const size = draw.pair(3, 14);
  const padding = draw.sides(1);
  const strides = draw.pair(1, 2);
  const { output } = windowGeometry('case', { size, kernelSize, strides, padding });
  const activation = draw.pick(['linear', 'relu'] as const);
  const attributes = { strides, dilations: [1, 1] as Pair, groups: 1, padding, activation };
  const images = draw.integer(1, 3);
  const shapes = {
    x: [images, ...size, channels],
    kernel: [...kernelSize, channels, filters],
    bias: [filters],
    residual: [images, ...output, filters],
  };
  return {
    name: `residualConv2d ${label(shapes, attributes)}`,
    inputs: inputsOf(draw, shapes),
    differentiate: ['x', 'kernel', 'bias', 'residual'],
    compute: (inputs) => [
      ops.residualConv2d(
        { x: inputs['x']!, kernel: inputs['kernel']!, bias: inputs['bias'], residual: inputs['residual']! },
        attributes,
      ),
    ],
  };
}

function transposed(draw: Draw): OpCase {
  const kernelSize = draw.pair(1, 4);
  const strides = draw.pair(1, 3);
  const dilations = draw.pair(1, 2);
  const groups = draw.pick([1, 1, 2, 3]);
  const padding = draw.sides(1);
  const sizeAlong = (axis: 0 | 1): number => dilations[axis] * (kernelSize[axis] - 1) + 2 + draw.integer(0, 12);
  const outputPair: Pair = [sizeAlong(0), sizeAlong(1)];
  const { output: size } = windowGeometry('case', { size: outputPair, kernelSize, strides, padding, dilations });
  const channels = groups * draw.integer(1, 4);
  const filters = draw.integer(1, 5);
  const activation = draw.pick(['linear', 'relu'] as const);
  const attributes = { strides, dilations, groups, padding, activation, outputSize: outputPair };
  const shapes = {
    x: [draw.integer(1, 3), ...size, channels],
    kernel: [...kernelSize, filters, channels],
    bias: [filters * groups],
  };
  return {
    name: `conv2dTranspose ${label(shapes, attributes)}`,
    inputs: inputsOf(draw, shapes),
    differentiate: ['x', 'kernel', 'bias'],
    compute: ({ x, kernel, bias }) => [ops.conv2dTranspose({ x: x!, kernel: kernel!, bias }, attributes)],
  };
}

function locallyConnected(draw: Draw): OpCase {
  const kernelSize = draw.pair(1, 3);
  const strides = draw.pair(1, 2);
  const padding = draw.sides(1);
  const size: Pair = [kernelSize[0] + draw.integer(0, 5), kernelSize[1] + draw.integer(0, 5)];
  const { output: places } = windowGeometry('case', { size, kernelSize, strides, padding });
  const channels = draw.integer(1, 5);
  const filters = draw.integer(1, 9);
  const attributes = { kernelSize, strides, padding, activation: draw.pick(['linear', 'relu'] as const) };
  const shapes = {
    x: [draw.integer(1, 4), ...size, channels],
    kernel: [sizeOf(places), sizeOf(kernelSize) * channels, filters],
    bias: [...places, filters],
  };
  return {
    name: `locallyConnected2d ${label(shapes, attributes)}`,
    inputs: inputsOf(draw, shapes),
    differentiate: ['x', 'kernel', 'bias'],
    compute: ({ x, kernel, bias }) => [ops.locallyConnected2d({ x: x!, kernel: kernel!, bias }, attributes)],
  };
}

function padded(draw: Draw): OpCase {
  const size = draw.pair(1, 9);
  const mode = draw.pick(paddingModes);
  const most = Math.min(...size) - (mode === 'reflect' ? 1 : 0);
  const attributes = { padding: draw.sides(most), mode };
  const shapes = { x: [draw.integer(1, 3), ...size, draw.pick([1, 3, 4, 9])] };
  return {
    name: `pad2d ${label(shapes, attributes)}`,
    inputs: inputsOf(draw, shapes),
    differentiate: ['x'],
    compute: ({ x }) => [ops.pad2d(x!, attributes)],
  };
}

function reordered(draw: Draw): OpCase {
  const order = draw.pick([
    [0, 3, 1, 2],
    [0, 2, 3, 1],
    [3, 1, 0, 2],
  ]);
  const shapes = { x: [...draw.pair(1, 4), ...draw.pair(1, 9)] };
  return {
    name: `transpose ${label(shapes, order)}`,
    inputs: inputsOf(draw, shapes),
    differentiate: ['x'],
    compute: ({ x }) => [ops.transpose(x!, order)],
  };
}

/** Convolutions at the border of the usual, where libraries that backends stand on write or read the wrong memory. */
export function convolutionCorners(draw: Draw): OpCase[] {
  const plain = { strides: [1, 1], dilations: [1, 1], groups: 1, padding: [0, 0, 0, 0] } as const;
  return [
    // A single tap at a stride, on fewer channels than a vector holds.
    cornerCase(draw, { x: [1, 300, 300, 8], kernel: [1, 1, 8, 16] }, { ...plain, strides: [2, 2] }),
    // Images of one channel that give one column.
    cornerCase(draw, { x: [2, 9, 5, 1], kernel: [1, 3, 1, 2] }, { ...plain, strides: [1, 3] }),
    // Windows that cover nothing but padding, and such whose taps lie on both sides of the image.
    cornerCase(draw, { x: [2, 9, 1, 1], kernel: [3, 1, 1, 2] }, { ...plain, strides: [3, 2], padding: [2, 1, 3, 1] }),
    cornerCase(draw, { x: [2, 4, 2, 8], kernel: [2, 2, 8, 4] }, { ...plain, dilations: [1, 4], padding: [1, 0, 3, 4] }),
  ];
}

function cornerCase(
  draw: Draw,
  shapes: Record<'x' | 'kernel', readonly number[]>,
  geometry: ops.ConvolutionGeometry,
): OpCase {
  const attributes = { ...geometry, activation: 'linear' } as const;
  return {
    name: `conv2d ${label(shapes, attributes)}`,
    inputs: inputsOf(draw, { ...shapes, bias: [shapes.kernel[3]!] }),
    differentiate: ['x', 'kernel', 'bias'],
    compute: ({ x, kernel, bias }) => [ops.conv2d({ x: x!, kernel: kernel!, bias }, attributes)],
  };
}
