import { add, concat, conv2d as stockConv2d, relu, reverse, slice, sum, transpose } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { defineOp, once, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';
import { outputPair, type Padding, type Pair } from '../shape.ts';
import { maskByOutput, type FusedActivation } from './mask.ts';
import { padImage, spread } from './window.ts';

/** How the window of a convolution moves. */
export type ConvolutionGeometry = {
  strides: Pair;
  /** Zeros on each side: `[top, bottom, left, right]`. */
  padding: Padding;
  dilations: Pair;
  /** Channels and filters fall into this many groups that do not see each other. */
  groups: number;
};

export type Conv2dAttributes = ConvolutionGeometry & { activation: FusedActivation };

type Conv2dInputs = { x: Tensor; kernel: Tensor; bias?: Tensor | undefined };

/** Whether there is a bias: its gradient is computed with that of the kernel. */
export type BiasUse = { useBias: boolean };

export const conv2dOp: Op<Conv2dInputs, Conv2dAttributes & BiasUse> = defineOp({
  name: 'striate.Conv2d',
  optional: ['bias'],
  shapes: (inputs, attributes) => [conv2dShape(inputs, attributes)],
  reference({ x, kernel, bias }, { strides, padding, dilations, groups, activation }) {
    const image = padImage(x, padding);
    const filters = spread(spread(kernel, 0, dilations[0]), 1, dilations[1]);
    const parts = groupsOf(groups, (group) =>
      stockConv2d(part(image, 3, group, groups), part(filters, 3, group, groups), [...strides], 'valid'),
    );
    const y = concat(parts, 3);
    const z = bias ? add(y, bias) : y;
    return activation === 'relu' ? relu(z) : z;
  },
  gradient: {
    saves: ['x', 'kernel'],
    savesOutputs: true,
    of({ dys: [dy], inputs: { x, kernel }, outputs: [output], attributes: { activation, useBias, ...geometry } }) {
      const y = activation === 'relu' ? output : undefined;
      const kernelAndBias = once(() =>
        conv2dKernelGradient({ x, dy: dy!, y }, { kernelShape: kernel.shape, useBias, ...geometry }),
      );
      return {
        x: () => conv2dInputGradient({ dy: dy!, kernel, y }, { inputShape: x.shape, ...geometry }),
        kernel: () => kernelAndBias()[0],
        bias: () => kernelAndBias()[1]!,
      };
    },
  },
});

/**
 * Two-dimensional convolution (cross-correlation, as every framework calls it) with bias and activation:
 *
 *   y[n,i,j,f] = act(bias[f] + sum over u,v,c of x[n, i*sh + u*dh - top, j*sw + v*dw - left, c] * kernel[u,v,c,f])
 *
 * Shapes: x [N, H, W, C], kernel [kh, kw, C / groups, F], bias [F], y [N, OH, OW, F].
 *
 * @throws {ShapeError} if channels, groups or sizes do not fit.
 * @example
 * const y = ops.conv2d({ x, kernel }, { strides: [1, 1], padding: [1, 1, 1, 1], dilations: [1, 1], groups: 1, activation: 'relu' });
 */
export function conv2d(inputs: Conv2dInputs, attributes: Conv2dAttributes): Tensor {
  return only(conv2dOp(inputs, { ...attributes, useBias: inputs?.bias !== undefined }));
}

/** The shape of a convolution's output. @throws {ShapeError} if channels, groups or sizes do not fit. */
export function conv2dShape({ x, kernel, bias }: Conv2dInputs, attributes: ConvolutionGeometry): number[] {
  checkChannels(x, kernel, bias, attributes.groups);
  const output = outputPair(x.shape, [kernel.shape[0], kernel.shape[1]!], attributes);
  if (output[0] < 1 || output[1] < 1) {
    throw new ShapeError(
      `conv2d: the kernel [${kernel.shape.join(', ')}] does not fit into x [${x.shape.join(', ')}] with padding [${attributes.padding.join(', ')}].`,
    );
  }
  return [x.shape[0], ...output, kernel.shape[3]!];
}

type InputGradientInputs = { dy: Tensor; kernel: Tensor; y?: Tensor | undefined };
export type Conv2dInputGradientAttributes = ConvolutionGeometry & { inputShape: readonly number[] };

export const conv2dInputGradientOp: Op<InputGradientInputs, Conv2dInputGradientAttributes> = defineOp({
  name: 'striate.Conv2dInputGradient',
  optional: ['y'],
  shapes: (_, { inputShape }) => [[...inputShape]],
  reference({ dy, kernel, y }, { inputShape, strides, padding, dilations, groups }) {
    const apart = spread(spread(maskByOutput(dy, y), 1, strides[0]), 2, strides[1]);
    const turned = reverse(spread(spread(kernel, 0, dilations[0]), 1, dilations[1]), [0, 1]);
    const [kh, kw] = turned.shape as Pair;
    const before: Pair = [kh - 1 - padding[0], kw - 1 - padding[2]];
    const image = padImage(apart, [
      before[0],
      inputShape[1]! + kh - 1 - apart.shape[1]! - before[0],
      before[1],
      inputShape[2]! + kw - 1 - apart.shape[2]! - before[1],
    ]);
    const parts = groupsOf(groups, (group) =>
      stockConv2d(part(image, 3, group, groups), transpose(part(turned, 3, group, groups), [0, 1, 3, 2]), 1, 'valid'),
    );
    return concat(parts, 3);
  },
});

/** Gradient of {@link conv2d} with respect to x. With `y` (the rectified output), dy counts only where y > 0. */
export function conv2dInputGradient(inputs: InputGradientInputs, attributes: Conv2dInputGradientAttributes): Tensor {
  return only(conv2dInputGradientOp(inputs, attributes));
}

type KernelGradientInputs = { x: Tensor; dy: Tensor; y?: Tensor | undefined };
export type Conv2dKernelGradientAttributes = ConvolutionGeometry &
  Partial<BiasUse> & { kernelShape: readonly number[] };

export const conv2dKernelGradientOp: Op<KernelGradientInputs, Conv2dKernelGradientAttributes> = defineOp({
  name: 'striate.Conv2dKernelGradient',
  optional: ['y'],
  shapes: ({ dy }, { kernelShape, useBias = true }) => [[...kernelShape], ...(useBias ? [[dy.shape[3]!]] : [])],
  reference({ x, dy, y }, { kernelShape, strides, padding, dilations, groups, useBias = true }) {
    const dz = maskByOutput(dy, y);
    const apart = spread(spread(dz, 1, strides[0]), 2, strides[1]);
    const reach = [0, 1].map((axis) => dilations[axis]! * (kernelShape[axis]! - 1) + apart.shape[axis + 1]!);
    const image = padImage(x, [
      padding[0],
      reach[0]! - x.shape[1]! - padding[0],
      padding[2],
      reach[1]! - x.shape[2]! - padding[2],
    ]);
    // Channels take the place of samples, and samples the place of channels: a convolution with dy as its kernel.
    const parts = groupsOf(groups, (group) => {
      const images = transpose<Tensor4D>(part(image, 3, group, groups), [3, 1, 2, 0]);
      const kernels = transpose<Tensor4D>(part(apart, 3, group, groups), [1, 2, 0, 3]);
      return transpose(stockConv2d(images, kernels, [...dilations], 'valid'), [1, 2, 0, 3]);
    });
    return [concat(parts, 3), ...(useBias ? [sum(dz, [0, 1, 2])] : [])];
  },
});

/**
 * Gradients of {@link conv2d} with respect to kernel and, unless `useBias` is false, bias. With `y` (the rectified output),
 * dy counts only where y > 0.
 */
export function conv2dKernelGradient(
  inputs: KernelGradientInputs,
  attributes: Conv2dKernelGradientAttributes,
): [kernel: Tensor, ...bias: Tensor[]] {
  return conv2dKernelGradientOp(inputs, attributes) as [Tensor, ...Tensor[]];
}

function groupsOf(groups: number, make: (group: number) => Tensor): Tensor4D[] {
  return Array.from({ length: groups }, (_, group) => make(group) as Tensor4D);
}

/** The `group`-th of `groups` equal parts along an axis. */
function part(x: Tensor, axis: number, group: number, groups: number): Tensor4D {
  if (groups === 1) return x as Tensor4D;
  const size = x.shape.map((length, index) => (index === axis ? length / groups : length));
  const begin = size.map((length, index) => (index === axis ? length * group : 0));
  return slice(x, begin, size) as Tensor4D;
}

function checkChannels(x: Tensor, kernel: Tensor, bias: Tensor | undefined, groups: number): void {
  const shapes = `x is [${x.shape.join(', ')}], NHWC; kernel is [${kernel.shape.join(', ')}], HWIO`;
  if (x.rank !== 4 || kernel.rank !== 4) throw new ShapeError(`conv2d: x and kernel need 4 axes (${shapes}).`);
  const channels = x.shape[3]!;
  const [, , wanted, filters] = kernel.shape as [number, number, number, number];
  if (channels !== wanted * groups) {
    throw new ShapeError(
      `conv2d: x has ${channels} channels but the kernel expects ${wanted * groups} (${shapes}, groups ${groups}).`,
    );
  }
  if (filters % groups !== 0)
    throw new ShapeError(`conv2d: ${filters} filters cannot be cut into ${groups} groups (${shapes}).`);
  if (bias && (bias.rank !== 1 || bias.shape[0] !== filters)) {
    throw new ShapeError(`conv2d: bias is [${bias.shape.join(', ')}], but there are ${filters} filters.`);
  }
}
