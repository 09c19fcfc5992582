import { add, addN, concat, matMul, relu, reshape, slice, stridedSlice, sum, transpose } from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { defineOp, once, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';
import { outputPair, type Padding, type Pair } from '../shape.ts';
import { maskByOutput, type FusedActivation } from './mask.ts';
import { padImage, spread } from './window.ts';

/** How the window of a locally connected layer moves. */
export type LocalGeometry = { kernelSize: Pair; strides: Pair; padding: Padding };

export type LocallyConnected2dAttributes = LocalGeometry & { activation: FusedActivation };

type LocallyConnected2dInputs = { x: Tensor; kernel: Tensor; bias?: Tensor | undefined };

export const locallyConnected2dOp: Op<LocallyConnected2dInputs, LocallyConnected2dAttributes> = defineOp({
  name: 'striate.LocallyConnected2d',
  optional: ['bias'],
  shapes({ x, kernel, bias }, attributes) {
    const [rows, columns] = outputPair(x.shape, attributes.kernelSize, attributes);
    const wanted = [rows * columns, attributes.kernelSize[0] * attributes.kernelSize[1] * x.shape[3]!];
    const filters = kernel.shape[2]!;
    if (
      x.rank !== 4 ||
      kernel.rank !== 3 ||
      rows < 1 ||
      columns < 1 ||
      wanted.join() !== kernel.shape.slice(0, 2).join()
    ) {
      throw new ShapeError(
        `locallyConnected2d: x is [${x.shape.join(', ')}] and kernel [${kernel.shape.join(', ')}], but there are ${rows}x${columns} windows: the kernel must be [${wanted.join(', ')}, F].`,
      );
    }
    if (bias && bias.shape.join() !== [rows, columns, filters].join()) {
      throw new ShapeError(
        `locallyConnected2d: bias is [${bias.shape.join(', ')}], but must be [${rows}, ${columns}, ${filters}].`,
      );
    }
    return [[x.shape[0], rows, columns, filters]];
  },
  reference({ x, kernel, bias }, attributes) {
    const size = outputPair(x.shape, attributes.kernelSize, attributes);
    const products = matMul(patchesOf(x, size, attributes), kernel as Tensor3D);
    const y = reshape(transpose(products, [1, 0, 2]), [x.shape[0], ...size, kernel.shape[2]!]);
    const z = bias ? add(y, bias) : y;
    return attributes.activation === 'relu' ? relu(z) : z;
  },
  gradient: {
    saves: ['x', 'kernel'],
    savesOutputs: true,
    of({ dys: [dy], inputs: { x, kernel }, outputs: [output], attributes: { activation, ...geometry } }) {
      const y = activation === 'relu' ? output : undefined;
      const kernelAndBias = once(() => locallyConnected2dKernelGradient({ x, dy: dy!, y }, geometry));
      return {
        x: () => locallyConnected2dInputGradient({ dy: dy!, kernel, y }, { inputShape: x.shape, ...geometry }),
        kernel: () => kernelAndBias()[0],
        bias: () => kernelAndBias()[1],
      };
    },
  },
});

/**
 * A convolution that shares no weights: every place of the window has a kernel and biases of its own,
 *
 *   y[n,i,j,f] = act(bias[i,j,f] + sum over u,v,c of x[n, i*sh + u - top, j*sw + v - left, c] * kernel[i*OW + j, (u*kw + v)*C + c, f])
 *
 * Shapes: x [N, H, W, C], kernel [OH * OW, kh * kw * C, F], bias [OH, OW, F], y [N, OH, OW, F].
 *
 * Source: LeCun 1989, "Generalization and network design strategies"; the kernel's shape is that of Keras 2.
 *
 * @throws {ShapeError} if the kernel does not have a row of weights for every window.
 * @example
 * const y = ops.locallyConnected2d({ x, kernel }, { kernelSize: [3, 3], strides: [1, 1], padding: [0, 0, 0, 0], activation: 'linear' });
 */
export function locallyConnected2d(inputs: LocallyConnected2dInputs, attributes: LocallyConnected2dAttributes): Tensor {
  return only(locallyConnected2dOp(inputs, attributes));
}

type InputGradientInputs = { dy: Tensor; kernel: Tensor; y?: Tensor | undefined };

export const locallyConnected2dInputGradientOp: Op<
  InputGradientInputs,
  LocalGeometry & { inputShape: readonly number[] }
> = defineOp({
  name: 'striate.LocallyConnected2dInputGradient',
  optional: ['y'],
  shapes: (_, { inputShape }) => [[...inputShape]],
  reference({ dy, kernel, y }, { inputShape, kernelSize, strides, padding }) {
    const [batch, rows, columns] = dy.shape as [number, number, number];
    const [, height, width, channels] = inputShape as [number, number, number, number];
    const patches = transpose(matMul(byPlace(maskByOutput(dy, y)), kernel as Tensor3D, false, true), [1, 0, 2]);
    const images = reshape(patches, [batch, rows, columns, kernelSize[0] * kernelSize[1] * channels]);
    const parts = tapsOf(kernelSize).map(([u, v], tap) => {
      const seen = slice(images, [0, 0, 0, tap * channels], [batch, rows, columns, channels]);
      const apart = spread(spread(seen, 1, strides[0]), 2, strides[1]);
      const [top, left] = [u - padding[0], v - padding[2]];
      return padImage(apart, [top, height - top - apart.shape[1]!, left, width - left - apart.shape[2]!]);
    });
    return addN(parts);
  },
});

/** Gradient of {@link locallyConnected2d} with respect to x. With `y` (the rectified output), dy counts only where y > 0. */
function locallyConnected2dInputGradient(
  inputs: InputGradientInputs,
  attributes: LocalGeometry & { inputShape: readonly number[] },
): Tensor {
  return only(locallyConnected2dInputGradientOp(inputs, attributes));
}

type KernelGradientInputs = { x: Tensor; dy: Tensor; y?: Tensor | undefined };

export const locallyConnected2dKernelGradientOp: Op<KernelGradientInputs, LocalGeometry> = defineOp({
  name: 'striate.LocallyConnected2dKernelGradient',
  optional: ['y'],
  shapes({ x, dy }, { kernelSize }) {
    const [, rows, columns, filters] = dy.shape as [number, number, number, number];
    return [
      [rows * columns, kernelSize[0] * kernelSize[1] * x.shape[3]!, filters],
      [rows, columns, filters],
    ];
  },
  reference({ x, dy, y }, geometry) {
    const dz = maskByOutput(dy, y);
    const patches = patchesOf(x, [dy.shape[1]!, dy.shape[2]!], geometry);
    return [matMul(patches, byPlace(dz), true), sum(dz, 0)];
  },
});

/** Gradients of {@link locallyConnected2d} with respect to kernel and bias. With `y` (the rectified output), dy counts only where y > 0. */
function locallyConnected2dKernelGradient(
  inputs: KernelGradientInputs,
  attributes: LocalGeometry,
): [kernel: Tensor, bias: Tensor] {
  return locallyConnected2dKernelGradientOp(inputs, attributes) as [Tensor, Tensor];
}

/** The window's pixels, row by row. */
function tapsOf([height, width]: Pair): [row: number, column: number][] {
  return Array.from({ length: height * width }, (_, tap) => [Math.floor(tap / width), tap % width]);
}

/** [N, OH, OW, F] as [OH * OW, N, F]. */
function byPlace(x: Tensor): Tensor3D {
  const [batch, rows, columns, filters] = x.shape as [number, number, number, number];
  return transpose(reshape<Rank.R3>(x, [batch, rows * columns, filters]), [1, 0, 2]);
}

/** What each window sees of each image, [OH * OW, N, kh * kw * C]. */
function patchesOf(x: Tensor, [rows, columns]: Pair, { kernelSize, strides, padding }: LocalGeometry): Tensor3D {
  const image = padImage(x, padding);
  const [batch, , , channels] = image.shape;
  const parts = tapsOf(kernelSize).map(([u, v]) => {
    const end = [batch, u + (rows - 1) * strides[0] + 1, v + (columns - 1) * strides[1] + 1, channels];
    return stridedSlice(image, [0, u, v, 0], end, [1, strides[0], strides[1], 1]);
  });
  return byPlace(concat(parts, 3));
}
