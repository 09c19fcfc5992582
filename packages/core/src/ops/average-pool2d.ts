import { avgPool, div, engine, fill, mean, mul, reshape, slice, tile } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { outputPair, type Padding, type Pair } from '../shape.ts';
import type { PoolGeometry } from './max-pool2d.ts';
import { padImage } from './window.ts';

export type AveragePool2dAttributes = PoolGeometry & {
  /** Divide by all pixels of the padded image in a window, not by the real ones (PyTorch's count_include_pad). */
  countPadding: boolean;
  /** What of the padding at the bottom and at the right counts in no case, since ceilMode added it. Default [0, 0]. */
  overhang?: Pair;
  /** Divide by this number instead. Default 0: by the pixels that count. */
  divisor?: number;
};

export const averagePool2dOp: Op<{ x: Tensor }, AveragePool2dAttributes> = defineOp({
  name: 'striate.AveragePool2d',
  shapes: ({ x }, attributes) => [[x.shape[0], ...outputPair(x.shape, attributes.poolSize, attributes), x.shape[3]!]],
  reference({ x }, attributes) {
    return div(average(padImage(x, attributes.padding), attributes), share(x.shape, attributes));
  },
  gradient: {
    saves: ['x'],
    of: ({ dys: [dy], inputs: { x }, attributes }) => ({
      x: () => averagePool2dGradient(dy!, { inputShape: x.shape, ...attributes }),
    }),
  },
});

/**
 * Sum over each window, divided by the number of pixels that count: the real ones, or those of the padded image too if
 * `countPadding`, but never what only ceilMode made of room at the end (PyTorch's rule); or by `divisor`.
 *
 * Shapes: x [N, H, W, C], y [N, OH, OW, C].
 *
 * @example
 * const y = ops.averagePool2d(x, { poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0], countPadding: false });
 */
export function averagePool2d(x: Tensor, attributes: AveragePool2dAttributes): Tensor {
  return only(averagePool2dOp({ x }, attributes));
}

export type AveragePool2dGradientAttributes = AveragePool2dAttributes & { inputShape: readonly number[] };

export const averagePool2dGradientOp: Op<{ dy: Tensor }, AveragePool2dGradientAttributes> = defineOp({
  name: 'striate.AveragePool2dGradient',
  shapes: (_, { inputShape }) => [[...inputShape]],
  reference({ dy }, { inputShape, ...attributes }) {
    const { poolSize, strides, padding } = attributes;
    const scaled = div(dy, share(inputShape, attributes));
    const [batch, height, width, channels] = inputShape as [number, number, number, number];
    const padded = [batch, height + padding[0] + padding[1], width + padding[2] + padding[3], channels];
    const dx: Tensor = engine().runKernel(
      'AvgPoolGrad',
      { dy: scaled, input: fill(padded, 0) },
      { filterSize: [...poolSize], strides: [...strides], pad: 'valid' },
    );
    return slice(dx, [0, padding[0], padding[2], 0], [...inputShape]);
  },
});

/** Gradient of {@link averagePool2d}: every pixel that counted receives its share of dy. */
function averagePool2dGradient(dy: Tensor, attributes: AveragePool2dGradientAttributes): Tensor {
  return only(averagePool2dGradientOp({ dy }, attributes));
}

const average = (x: Tensor4D, { poolSize, strides }: PoolGeometry): Tensor =>
  avgPool(x, [...poolSize], [...strides], 'valid');

/** What each window is divided by, as a share of its size, [1, OH, OW, 1]. */
function share([, height, width]: readonly number[], attributes: AveragePool2dAttributes): Tensor {
  const { poolSize, padding, countPadding, overhang = [0, 0], divisor = 0 } = attributes;
  if (divisor > 0) return fill([1, 1, 1, 1], divisor / (poolSize[0] * poolSize[1]));
  const [top, bottom, left, right] = padding;
  const counted: Padding = countPadding ? [top, bottom - overhang[0], left, right - overhang[1]] : [0, 0, 0, 0];
  const rest = padding.map((side, index) => side - counted[index]!) as [number, number, number, number];
  const ones = fill([1, height! + counted[0] + counted[1], width! + counted[2] + counted[3], 1], 1);
  return average(padImage(ones, rest), attributes);
}

export const globalAveragePool2dOp: Op<{ x: Tensor }, object> = defineOp({
  name: 'striate.GlobalAveragePool2d',
  shapes: ({ x }) => [[x.shape[0], x.shape[3]!]],
  reference: ({ x }) => mean(x, [1, 2]),
  gradient: {
    saves: ['x'],
    of: ({ dys: [dy], inputs: { x } }) => ({
      x: () => only(globalAveragePool2dGradientOp({ dy: dy! }, { inputShape: x.shape })),
    }),
  },
});

/** Mean over the whole image: [N, H, W, C] becomes [N, C]. */
export function globalAveragePool2d(x: Tensor): Tensor {
  return only(globalAveragePool2dOp({ x }, {}));
}

export const globalAveragePool2dGradientOp: Op<{ dy: Tensor }, { inputShape: readonly number[] }> = defineOp({
  name: 'striate.GlobalAveragePool2dGradient',
  shapes: (_, { inputShape }) => [[...inputShape]],
  reference({ dy }, { inputShape }) {
    const [batch, height, width, channels] = inputShape as [number, number, number, number];
    return tile(reshape(mul(dy, 1 / (height * width)), [batch, 1, 1, channels]), [1, height, width, 1]);
  },
});
