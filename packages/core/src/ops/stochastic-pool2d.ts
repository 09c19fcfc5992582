import {
  add,
  cast,
  div,
  greater,
  logicalAnd,
  logicalNot,
  maximum,
  mul,
  pad,
  relu,
  slice,
  square,
  stridedSlice,
  sub,
  tensor,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import type { PoolGeometry } from './max-pool2d.ts';
import { bitsOf, type RandomSource } from './random-bits.ts';
import { outputPair } from '../shape.ts';
import { padImage, spread } from './window.ts';

export type StochasticPool2dAttributes = PoolGeometry & RandomSource;

const outputShape = ({ x }: { x: Tensor }, attributes: PoolGeometry): number[][] => [
  [x.shape[0], ...outputPair(x.shape, attributes.poolSize, attributes), x.shape[3]!],
];

export const stochasticPool2dOp: Op<{ x: Tensor }, StochasticPool2dAttributes> = defineOp<
  { x: Tensor },
  StochasticPool2dAttributes
>({
  name: 'striate.StochasticPool2d',
  varies: ['step', 'sampleOffset'],
  shapes: outputShape,
  reference({ x }, attributes) {
    const taps = tapsOf(x, attributes);
    return sumOf(chosen(taps, attributes).map((one, index) => mul(one, taps[index]!)));
  },
  gradient: {
    saves: ['x'],
    of: ({ dys: [dy], inputs: { x }, attributes }) => ({
      x: () => only(stochasticPool2dGradientOp({ dy: dy!, x }, attributes)),
    }),
  },
});

/**
 * Stochastic pooling in training: of each window and channel one pixel is drawn, with a probability in proportion to its
 * rectified value a = max(0, x), and y is that a; 0 where nothing in the window is positive. Padding is never drawn.
 * Which pixel it is depends on x, seed, stream, call, step and the place of y alone.
 *
 * Shapes: x [N, H, W, C], y [N, OH, OW, C]. The gradient goes to the pixel that was drawn.
 *
 * Source: Zeiler and Fergus 2013, https://arxiv.org/abs/1301.3557
 *
 * @example
 * const window = { poolSize: [3, 3], strides: [2, 2], padding: [0, 0, 0, 0] } as const;
 * const y = ops.stochasticPool2d(x, { ...window, seed: 1, stream: streams.dropout, call: 0, step: 0, sampleOffset: 0 });
 */
export function stochasticPool2d(x: Tensor, attributes: StochasticPool2dAttributes): Tensor {
  return only(stochasticPool2dOp({ x }, attributes));
}

export const stochasticPool2dGradientOp: Op<{ dy: Tensor; x: Tensor }, StochasticPool2dAttributes> = defineOp({
  name: 'striate.StochasticPool2dGradient',
  varies: ['step', 'sampleOffset'],
  shapes: ({ x }) => [x.shape],
  reference({ dy, x }, attributes) {
    const parts = chosen(tapsOf(x, attributes), attributes).map((one) => mul(one, dy));
    return gathered(parts, x, attributes);
  },
});

export const probabilityPool2dOp: Op<{ x: Tensor }, PoolGeometry> = defineOp({
  name: 'striate.ProbabilityPool2d',
  shapes: outputShape,
  reference: ({ x }, geometry) => weightedMean(tapsOf(x, geometry)).y,
  gradient: {
    saves: ['x'],
    of: ({ dys: [dy], inputs: { x }, attributes }) => ({
      x: () => only(probabilityPool2dGradientOp({ dy: dy!, x }, attributes)),
    }),
  },
});

/**
 * Stochastic pooling at test: what {@link stochasticPool2d} gives on average,
 *
 *   y = sum(a^2) / sum(a),   a = max(0, x)
 *
 * over each window and channel; 0 where nothing in the window is positive.
 *
 * Shapes: x [N, H, W, C], y [N, OH, OW, C].
 *
 * Source: Zeiler and Fergus 2013, https://arxiv.org/abs/1301.3557, section 3.2
 *
 * @example
 * const y = ops.probabilityPool2d(x, { poolSize: [3, 3], strides: [2, 2], padding: [0, 0, 0, 0] });
 */
export function probabilityPool2d(x: Tensor, geometry: PoolGeometry): Tensor {
  return only(probabilityPool2dOp({ x }, geometry));
}

export const probabilityPool2dGradientOp: Op<{ dy: Tensor; x: Tensor }, PoolGeometry> = defineOp({
  name: 'striate.ProbabilityPool2dGradient',
  shapes: ({ x }) => [x.shape],
  reference({ dy, x }, geometry) {
    const taps = tapsOf(x, geometry);
    const { y, total } = weightedMean(taps);
    const factor = div(dy, total);
    const parts = taps.map((a) => mul(mul(sub(mul(a, 2), y), factor), cast(greater(a, 0), 'float32')));
    return gathered(parts, x, geometry);
  },
});

/** The rectified image at each pixel of all windows, row by row: tensors of the output's shape. */
function tapsOf(x: Tensor, { poolSize, strides, padding }: PoolGeometry): Tensor[] {
  const image = padImage(relu(x), padding);
  const [batch, , , channels] = image.shape;
  const [down, across] = outputPair(x.shape, poolSize, { strides, padding });
  return places(poolSize).map(([u, v]) =>
    stridedSlice(
      image,
      [0, u, v, 0],
      [batch, u + (down - 1) * strides[0] + 1, v + (across - 1) * strides[1] + 1, channels],
      [1, ...strides, 1],
    ),
  );
}

/** 1 at the tap that is drawn, 0 at the others: the first at which the running sum exceeds u times the whole one. */
function chosen(taps: readonly Tensor[], source: RandomSource): Tensor[] {
  const { shape } = taps[0]!;
  // 24 bits: exact in float32, and less than 1 after any rounding.
  const bits = bitsOf(shape, source);
  const uniform = new Float32Array(bits.length);
  for (let place = 0; place < bits.length; place++) uniform[place] = (bits[place]! >>> 8) / 2 ** 24;
  const limit = mul(tensor(uniform, shape), sumOf(taps));
  let sum: Tensor = zerosLike(limit);
  let found: Tensor = greater(sum, limit);
  return taps.map((tap) => {
    sum = add(sum, tap);
    const reached = greater(sum, limit);
    const one = cast(logicalAnd(reached, logicalNot(found)), 'float32');
    found = reached;
    return one;
  });
}

function weightedMean(taps: readonly Tensor[]): { y: Tensor; total: Tensor } {
  // Where all are 0, so is the numerator, and any total will do.
  const total = maximum(sumOf(taps), 1e-30);
  return { y: div(sumOf(taps.map((tap) => square(tap))), total), total };
}

/** Adds up, for each pixel of x, what its places in windows have received. */
function gathered(parts: readonly Tensor[], { shape }: Tensor, { poolSize, strides, padding }: PoolGeometry): Tensor {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const [paddedHeight, paddedWidth] = [height + padding[0] + padding[1], width + padding[2] + padding[3]];
  const sum = sumOf(
    places(poolSize).map(([u, v], index) => {
      const part = spread(spread(parts[index]!, 1, strides[0]), 2, strides[1]);
      const [, rows, columns] = part.shape as [number, number, number, number];
      return pad(part, [
        [0, 0],
        [u, paddedHeight - u - rows],
        [v, paddedWidth - v - columns],
        [0, 0],
      ]);
    }),
  );
  return slice(sum, [0, padding[0], padding[2], 0], [batch, height, width, channels]);
}

const sumOf = (tensors: readonly Tensor[]): Tensor => tensors.reduce((sum, other) => add(sum, other));

function places([height, width]: readonly [number, number]): [number, number][] {
  return Array.from({ length: height * width }, (_, index) => [Math.floor(index / width), index % width]);
}
