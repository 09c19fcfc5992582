import { cast, clipByValue, engine, greater, isNaN, maxPool, relu, slice, where } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { outputPair, type Padding, type Pair } from '../shape.ts';
import { maskByOutput, type FusedActivation } from './mask.ts';
import { padImage } from './window.ts';

/** A pooling window and how it moves. */
export type PoolGeometry = { poolSize: Pair; strides: Pair; padding: Padding };

export type MaxPool2dAttributes = PoolGeometry & { activation: FusedActivation };

/** The largest float32. */
const LARGEST = 3.4028234663852886e38;

export const maxPool2dOp: Op<{ x: Tensor }, MaxPool2dAttributes> = defineOp({
  name: 'striate.MaxPool2d',
  shapes: ({ x }, attributes) => [[x.shape[0], ...outputPair(x.shape, attributes.poolSize, attributes), x.shape[3]!]],
  reference({ x }, { poolSize, strides, padding, activation }) {
    const image = padImage(x, padding, -Infinity);
    const pool = (z: Tensor): Tensor => maxPool(z as Tensor4D, [...poolSize], [...strides], 'valid');
    // The stock kernel passes over NaN.
    const y = where(greater(pool(cast(isNaN(image), 'float32')), 0), NaN, pool(image));
    return activation === 'relu' ? relu(y) : y;
  },
  gradient: {
    saves: ['x'],
    savesOutputs: true,
    of: ({ dys: [dy], inputs: { x }, outputs: [y], attributes }) => ({
      x: () => maxPool2dGradient({ dy: dy!, x, y: y! }, attributes),
    }),
  },
});

/**
 * Maximum over each window: y[n,i,j,c] = act(max over u,v of x[n, i*sh + u - top, j*sw + v - left, c]).
 * Padding never wins, NaN always does. With activation 'relu' the maximum is rectified, which is the same as pooling
 * rectified input.
 *
 * Shapes: x [N, H, W, C], y [N, OH, OW, C].
 *
 * @example
 * const y = ops.maxPool2d(x, { poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] });
 */
export function maxPool2d(x: Tensor, attributes: PoolGeometry & { activation?: FusedActivation }): Tensor {
  return only(maxPool2dOp({ x }, { activation: 'linear', ...attributes }));
}

export const maxPool2dGradientOp: Op<{ dy: Tensor; x: Tensor; y: Tensor }, MaxPool2dAttributes> = defineOp({
  name: 'striate.MaxPool2dGradient',
  shapes: ({ x }) => [x.shape],
  reference({ dy, x, y }, { poolSize, strides, padding, activation }) {
    // NaN ranks above all numbers, and padding below.
    const ranked = where(isNaN(x), Infinity, clipByValue(x, -LARGEST, LARGEST));
    const input = padImage(ranked, padding, -Infinity);
    const dz = activation === 'relu' ? maskByOutput(dy, y) : dy;
    const dx: Tensor = engine().runKernel(
      'MaxPoolGrad',
      { dy: dz, input, output: y },
      { filterSize: [...poolSize], strides: [...strides], pad: 'valid' },
    );
    return slice(dx, [0, padding[0], padding[2], 0], x.shape);
  },
});

/**
 * Gradient of {@link maxPool2d}: the first maximum of each window, row by row, receives dy; the first NaN, where there is
 * one. With activation 'relu' nothing receives it where y is not above 0, or NaN.
 */
export function maxPool2dGradient(
  inputs: { dy: Tensor; x: Tensor; y: Tensor },
  attributes: MaxPool2dAttributes,
): Tensor {
  return only(maxPool2dGradientOp(inputs, attributes));
}
