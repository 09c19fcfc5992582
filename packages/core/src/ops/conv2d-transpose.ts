import { add, relu } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, once, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';
import { outputPair, type Pair } from '../shape.ts';
import { activationGradient } from './activation.ts';
import { conv2d, conv2dInputGradient, conv2dKernelGradient, type ConvolutionGeometry } from './conv2d.ts';
import type { FusedActivation } from './mask.ts';
import { biasGradient } from './mat-mul.ts';

export type Conv2dTransposeAttributes = ConvolutionGeometry & {
  /** `[OH, OW]`: of the sizes that a convolution shrinks to x's, the wanted one. */
  outputSize: Pair;
  activation: FusedActivation;
};

type Conv2dTransposeInputs = { x: Tensor; kernel: Tensor; bias?: Tensor | undefined };

export const conv2dTransposeOp: Op<Conv2dTransposeInputs, Conv2dTransposeAttributes> = defineOp({
  name: 'striate.Conv2dTranspose',
  optional: ['bias'],
  shapes({ x, kernel, bias }, attributes) {
    check(x, kernel, bias, attributes);
    return [outputShape(x, kernel, attributes)];
  },
  reference({ x, kernel, bias }, { outputSize, activation, ...geometry }) {
    const inputShape = outputShape(x, kernel, { outputSize, ...geometry });
    const y = conv2dInputGradient({ dy: x, kernel }, { inputShape, ...geometry });
    const z = bias ? add(y, bias) : y;
    return activation === 'relu' ? relu(z) : z;
  },
  gradient: {
    saves: ['x', 'kernel'],
    savesOutputs: true,
    of({ dys: [dy], inputs: { x, kernel }, outputs: [y], attributes }) {
      const { strides, padding, dilations, groups, activation } = attributes;
      const geometry = { strides, padding, dilations, groups };
      const dz = once(() => (activation === 'relu' ? activationGradient({ dy: dy!, y: y! }, 'relu') : dy!));
      return {
        x: () => conv2d({ x: dz(), kernel }, { ...geometry, activation: 'linear' }),
        kernel: () =>
          conv2dKernelGradient({ x: dz(), dy: x }, { kernelShape: kernel.shape, useBias: false, ...geometry })[0],
        bias: () => biasGradient(dz()),
      };
    },
  },
});

/**
 * Transposed convolution: the gradient of {@link conv2d} with respect to its input, as a forward operation. Every pixel
 * of x adds its multiple of the kernel to a window of y:
 *
 *   y[n, i*sh + u*dh - top, j*sw + v*dw - left, f] += x[n,i,j,c] * kernel[u,v,f,c], and bias[f] everywhere
 *
 * Shapes: x [N, H, W, C], kernel [kh, kw, F / groups, C], bias [F], y [N, OH, OW, F], where a convolution of
 * [OH, OW] with this kernel, strides, padding and dilations must give [H, W].
 *
 * Source: Zeiler et al. 2010, "Deconvolutional networks"; the sizes: Dumoulin and Visin 2016, arXiv:1603.07285.
 *
 * @throws {ShapeError} if channels, groups or sizes do not fit.
 * @example
 * const y = ops.conv2dTranspose({ x, kernel }, { outputSize: [8, 8], strides: [2, 2], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1, activation: 'linear' });
 */
export function conv2dTranspose(inputs: Conv2dTransposeInputs, attributes: Conv2dTransposeAttributes): Tensor {
  return only(conv2dTransposeOp(inputs, attributes));
}

function outputShape(
  { shape }: Tensor,
  kernel: Tensor,
  { outputSize, groups }: Pick<Conv2dTransposeAttributes, 'outputSize' | 'groups'>,
): number[] {
  return [shape[0], ...outputSize, kernel.shape[2]! * groups];
}

function check(x: Tensor, kernel: Tensor, bias: Tensor | undefined, attributes: Conv2dTransposeAttributes): void {
  const { groups, outputSize } = attributes;
  const shapes = `x is [${x.shape.join(', ')}], NHWC; kernel is [${kernel.shape.join(', ')}], [kh, kw, F / groups, C]`;
  if (x.rank !== 4 || kernel.rank !== 4) throw new ShapeError(`conv2dTranspose: both need 4 axes (${shapes}).`);
  const [kh, kw, , channels] = kernel.shape as [number, number, number, number];
  if (channels !== x.shape[3]) {
    throw new ShapeError(
      `conv2dTranspose: x has ${x.shape[3]} channels but the kernel expects ${channels} (${shapes}).`,
    );
  }
  if (channels % groups !== 0) {
    throw new ShapeError(`conv2dTranspose: ${channels} channels cannot be cut into ${groups} groups (${shapes}).`);
  }
  const filters = kernel.shape[2]! * groups;
  if (bias && (bias.rank !== 1 || bias.shape[0] !== filters)) {
    throw new ShapeError(`conv2dTranspose: bias is [${bias.shape.join(', ')}], but there are ${filters} filters.`);
  }
  const back = outputPair([0, ...outputSize], [kh, kw], attributes);
  if (back[0] !== x.shape[1] || back[1] !== x.shape[2]) {
    throw new ShapeError(
      `conv2dTranspose: a convolution of ${outputSize.join('x')} gives ${back.join('x')}, not x's ${x.shape[1]}x${x.shape[2]}. Choose another outputSize or padding.`,
    );
  }
}
