import { gather, reshape, slice, tensor1d, tensor3d } from '@tensorflow/tfjs-core';
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';
import { checkTensor } from '../check-tensors.ts';
import { checkPaddingFits, checkPaddingMode, paddedPlaces, type PaddingMode } from '../padding-mode.ts';
import { sizeOf, type Padding } from '../shape.ts';
import { weightedSums } from './weighted-sums.ts';
import { padImage } from './window.ts';

export type Pad2dAttributes = {
  /** Pixels on each side: `[top, bottom, left, right]`. */
  padding: Padding;
  mode: PaddingMode;
};

export type Pad2dGradientAttributes = Pad2dAttributes & { inputShape: readonly number[] };

export const pad2dOp: Op<{ x: Tensor }, Pad2dGradientAttributes> = defineOp({
  name: 'striate.Pad2d',
  shapes({ x }, { padding, mode }) {
    if (x.rank !== 4) throw new ShapeError(`pad2d: x is [${x.shape.join(', ')}], but needs 4 axes, NHWC.`);
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    checkPaddingMode('pad2d', mode);
    checkPaddingFits('pad2d', [height, width], padding, mode);
    return [[batch, height + padding[0] + padding[1], width + padding[2] + padding[3], channels]];
  },
  reference({ x }, { padding, mode }) {
    if (mode === 'zeros') return padImage(x, padding);
    const [rows, columns] = placesOf(x.shape, { padding, mode });
    return gather(gather(x, tensor1d(rows, 'int32'), 1), tensor1d(columns, 'int32'), 2);
  },
  gradient: {
    saves: [],
    of: ({ dys: [dy], attributes }) => ({ x: () => pad2dGradient(dy!, attributes) }),
  },
});

/**
 * Puts pixels around an image: zeros, or pixels of the image itself.
 *
 * Shapes: x [N, H, W, C], y [N, top + H + bottom, left + W + right, C].
 *
 * @throws {ShapeError} if the image has fewer pixels than the mode needs.
 * @example
 * const y = ops.pad2d(x, { padding: [1, 1, 1, 1], mode: 'reflect' });
 */
export function pad2d(x: Tensor, attributes: Pad2dAttributes): Tensor {
  checkTensor('pad2d', 'x', x);
  return only(pad2dOp({ x }, { ...attributes, inputShape: x.shape }));
}

export const pad2dGradientOp: Op<{ dy: Tensor }, Pad2dGradientAttributes> = defineOp({
  name: 'striate.Pad2dGradient',
  shapes: (_, { inputShape }) => [[...inputShape]],
  reference({ dy }, { inputShape, padding, mode }) {
    if (mode === 'zeros') return slice(dy, [0, padding[0], padding[2], 0], [...inputShape]);
    const [rows, columns] = placesOf(inputShape, { padding, mode });
    return addToPlaces(addToPlaces(dy, 2, columns, inputShape[2]!), 1, rows, inputShape[1]!);
  },
});

/** Gradient of {@link pad2d}: every pixel receives the sum of dy over all places that show it. */
function pad2dGradient(dy: Tensor, attributes: Pad2dGradientAttributes): Tensor {
  return only(pad2dGradientOp({ dy }, attributes));
}

function placesOf(shape: readonly number[], { padding, mode }: Pad2dAttributes): [rows: number[], columns: number[]] {
  const [top, bottom, left, right] = padding;
  return [paddedPlaces(shape[1]!, top, bottom, mode), paddedPlaces(shape[2]!, left, right, mode)];
}

/** The sum, for each of `size` places of an axis, of the elements that `places` sends there. */
function addToPlaces(x: Tensor, axis: number, places: readonly number[], size: number): Tensor {
  const before = x.shape.slice(0, axis);
  const after = x.shape.slice(axis + 1);
  const selection = new Float32Array(places.length * size);
  for (const [row, place] of places.entries()) selection[row * size + place] = 1;
  const rows = reshape<Rank.R3>(x, [sizeOf(before), places.length, sizeOf(after)]);
  const sums = weightedSums(tensor3d(selection, [1, places.length, size]), rows, true);
  return reshape(sums, [...before, size, ...after]);
}
