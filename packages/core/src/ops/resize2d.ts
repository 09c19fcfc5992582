import { reshape, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { suggestion } from '../nearest.ts';
import { sizeOf, type Pair } from '../shape.ts';
import { weightedSums } from './weighted-sums.ts';

/** How pixels between pixels are made: the nearest one, or the weighted mean of the four around. */
export type Interpolation = 'nearest' | 'bilinear';

/** The names of all interpolations. */
export const interpolations: readonly Interpolation[] = ['nearest', 'bilinear'];

export type Resize2dAttributes = {
  /** New height and width. */
  size: Pair;
  interpolation: Interpolation;
};

export type Resize2dGradientAttributes = Resize2dAttributes & { inputShape: readonly number[] };

/** What one place of an axis is made of: places of the other axis, with weights. */
type Taps = { place: number; weight: number }[];

export const resize2dOp: Op<{ x: Tensor }, Resize2dGradientAttributes> = defineOp({
  name: 'striate.Resize2d',
  shapes({ x }, { size, interpolation }) {
    if (x.rank !== 4) throw new ShapeError(`resize2d: x is [${x.shape.join(', ')}], but needs 4 axes, NHWC.`);
    if (!size.every((length) => Number.isInteger(length) && length >= 1))
      throw new OptionError(`resize2d: size is [${size.join(', ')}], but must be two whole numbers of at least 1.`);
    if (!interpolations.includes(interpolation)) {
      throw new OptionError(
        `resize2d: interpolation is ${describe(interpolation)}. ${suggestion(String(interpolation), interpolations)}`,
      );
    }
    return [[x.shape[0], ...size, x.shape[3]!]];
  },
  reference: ({ x }, { size, interpolation }) =>
    resample(x, [1, 2], (axis) => resizeTaps(x.shape[axis]!, size[axis - 1]!, interpolation)),
  gradient: {
    saves: [],
    of: ({ dys: [dy], attributes }) => ({ x: () => resize2dGradient(dy!, attributes) }),
  },
});

export const resize2dGradientOp: Op<{ dy: Tensor }, Resize2dGradientAttributes> = defineOp({
  name: 'striate.Resize2dGradient',
  shapes: (_, { inputShape }) => [[...inputShape]],
  reference: ({ dy }, { inputShape, size, interpolation }) =>
    resample(dy, [2, 1], (axis) =>
      transposed(resizeTaps(inputShape[axis]!, size[axis - 1]!, interpolation), inputShape[axis]!),
    ),
});

/**
 * Images of another size. The middle of a new pixel i lies at (i + 0.5) old / new of the old image (half-pixel
 * centres, as Keras' layers and PyTorch with `align_corners=False`; beyond the border, the border's pixels count).
 * 'nearest' takes the pixel in which that place lies (PyTorch's 'nearest-exact'), 'bilinear' the mean of the four
 * around, weighted by distance; a smaller image is not smoothed first.
 *
 * Shapes: x [N, H, W, C], y [N, ...size, C].
 *
 * @throws {OptionError} if size or interpolation is impossible
 * @throws {ShapeError} if x is no batch of images
 * @example
 * const y = ops.resize2d(x, { size: [64, 64], interpolation: 'bilinear' });
 */
export function resize2d(x: Tensor, attributes: Resize2dAttributes): Tensor {
  return only(resize2dOp({ x }, { ...attributes, inputShape: x.shape }));
}

/** Gradient of {@link resize2d}: every pixel receives dy of all places that show it, by their weights. */
function resize2dGradient(dy: Tensor, attributes: Resize2dGradientAttributes): Tensor {
  return only(resize2dGradientOp({ dy }, attributes));
}

/** For each place of the new axis, the old places that it is made of; weights sum to 1. */
export function resizeTaps(from: number, to: number, interpolation: Interpolation): Taps[] {
  return Array.from({ length: to }, (_, index) => {
    const middle = ((index + 0.5) * from) / to;
    if (interpolation === 'nearest') return [{ place: Math.min(from - 1, Math.floor(middle)), weight: 1 }];
    const exact = Math.min(Math.max(middle - 0.5, 0), from - 1);
    const place = Math.floor(exact);
    const share = exact - place;
    return share === 0
      ? [{ place, weight: 1 }]
      : [
          { place, weight: 1 - share },
          { place: place + 1, weight: share },
        ];
  });
}

/** The same weights seen from the old axis, of `from` places. */
export function transposed(taps: readonly Taps[], from: number): Taps[] {
  const result: Taps[] = Array.from({ length: from }, () => []);
  for (const [index, list] of taps.entries())
    for (const { place, weight } of list) result[place]!.push({ place: index, weight });
  return result;
}

function resample(x: Tensor, axes: readonly number[], tapsOf: (axis: number) => readonly Taps[]): Tensor {
  let y = x;
  for (const axis of axes) {
    const taps = tapsOf(axis);
    const [before, size, after] = [y.shape.slice(0, axis), y.shape[axis]!, y.shape.slice(axis + 1)];
    const weights = new Float32Array(taps.length * size);
    for (const [row, list] of taps.entries())
      for (const { place, weight } of list) weights[row * size + place] = weight;
    const product = weightedSums(
      tensor(weights, [1, taps.length, size]),
      reshape(y, [sizeOf(before), size, sizeOf(after)]),
    );
    y = reshape(product, [...before, taps.length, ...after]);
  }
  return y;
}
