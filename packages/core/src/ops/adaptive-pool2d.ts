import { add, concat, max, pad, reshape, slice, tensor } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { OptionError } from '../errors.ts';
import type { Pair } from '../shape.ts';
import { maxPool2dGradient } from './max-pool2d.ts';
import { weightedSums } from './weighted-sums.ts';

export type AdaptivePool2dAttributes = {
  /** Rows and columns of windows. */
  outputSize: Pair;
};

/** The pixels from `start` up to, but without, `end` that window number `place` of `places` covers. */
function windowAt(place: number, places: number, size: number): { start: number; end: number } {
  return { start: Math.floor((place * size) / places), end: Math.ceil(((place + 1) * size) / places) };
}

function shapes({ x }: { x: Tensor }, { outputSize }: AdaptivePool2dAttributes): number[][] {
  if (!outputSize.every((size) => Number.isInteger(size) && size > 0)) {
    throw new OptionError(
      `adaptive pooling: outputSize is [${outputSize.join(', ')}], but must be two whole numbers of at least 1.`,
    );
  }
  return [[x.shape[0], ...outputSize, x.shape[3]!]];
}

export const adaptiveAveragePool2dOp: Op<{ x: Tensor }, AdaptivePool2dAttributes> = defineOp({
  name: 'striate.AdaptiveAveragePool2d',
  shapes,
  reference({ x }, { outputSize }) {
    const [down, across] = [averages(outputSize[0], x.shape[1]!), averages(outputSize[1], x.shape[2]!)];
    return alongBoth(x, down, across, false);
  },
  gradient: {
    saves: ['x'],
    of: ({ dys: [dy], inputs: { x }, attributes }) => ({
      x: () => only(adaptiveAveragePool2dGradientOp({ dy: dy! }, { inputShape: x.shape, ...attributes })),
    }),
  },
});

/**
 * Means of windows that are placed so that there are `outputSize` of them, whatever the image's size: window i of n
 * covers the rows floor(i H / n) to ceil((i + 1) H / n) - 1, and so do columns (PyTorch's rule). Windows may overlap.
 *
 * Shapes: x [N, H, W, C], y [N, ...outputSize, C].
 *
 * @throws {OptionError} unless the output's sizes are positive whole numbers
 * @example
 * const y = ops.adaptiveAveragePool2d(x, { outputSize: [6, 6] });
 */
export function adaptiveAveragePool2d(x: Tensor, attributes: AdaptivePool2dAttributes): Tensor {
  return only(adaptiveAveragePool2dOp({ x }, attributes));
}

export const adaptiveAveragePool2dGradientOp: Op<
  { dy: Tensor },
  AdaptivePool2dAttributes & { inputShape: readonly number[] }
> = defineOp({
  name: 'striate.AdaptiveAveragePool2dGradient',
  shapes: (_, { inputShape }) => [[...inputShape]],
  reference({ dy }, { inputShape, outputSize }) {
    const [, height, width] = inputShape as [number, number, number, number];
    return alongBoth(dy, averages(outputSize[0], height), averages(outputSize[1], width), true);
  },
});

export const adaptiveMaxPool2dOp: Op<{ x: Tensor }, AdaptivePool2dAttributes> = defineOp({
  name: 'striate.AdaptiveMaxPool2d',
  shapes,
  reference({ x }, { outputSize }) {
    const rows = windows(x, outputSize).map((row) =>
      concat(
        row.map(({ begin, size }) => max(slice(x, begin, size), [1, 2], true)),
        2,
      ),
    );
    return concat(rows, 1);
  },
  gradient: {
    saves: ['x'],
    savesOutputs: true,
    of: ({ dys: [dy], inputs: { x }, outputs: [y], attributes }) => ({
      x: () => only(adaptiveMaxPool2dGradientOp({ dy: dy!, x, y: y! }, attributes)),
    }),
  },
});

/**
 * Maxima of the windows of {@link adaptiveAveragePool2d}. The first maximum of a window, row by row, receives its
 * gradient.
 *
 * Shapes: x [N, H, W, C], y [N, ...outputSize, C].
 *
 * @throws {OptionError} unless the output's sizes are positive whole numbers
 * @example
 * const y = ops.adaptiveMaxPool2d(x, { outputSize: [1, 1] });
 */
export function adaptiveMaxPool2d(x: Tensor, attributes: AdaptivePool2dAttributes): Tensor {
  return only(adaptiveMaxPool2dOp({ x }, attributes));
}

export const adaptiveMaxPool2dGradientOp: Op<{ dy: Tensor; x: Tensor; y: Tensor }, AdaptivePool2dAttributes> = defineOp(
  {
    name: 'striate.AdaptiveMaxPool2dGradient',
    shapes: ({ x }) => [x.shape],
    reference({ dy, x, y }, { outputSize }) {
      const [batch, , , channels] = x.shape as [number, number, number, number];
      const parts = windows(x, outputSize).flatMap((row, i) =>
        row.map(({ begin, size }, j) => {
          const at = (z: Tensor): Tensor => slice(z, [0, i, j, 0], [batch, 1, 1, channels]);
          const poolSize: Pair = [size[1]!, size[2]!];
          const part = maxPool2dGradient(
            { dy: at(dy), x: slice(x, begin, size), y: at(y) },
            { poolSize, strides: [1, 1], padding: [0, 0, 0, 0], activation: 'linear' },
          );
          return pad(
            part,
            x.shape.map((whole, axis): [number, number] => [begin[axis]!, whole - begin[axis]! - size[axis]!]),
          );
        }),
      );
      return parts.reduce((sum, part) => add(sum, part));
    },
  },
);

/** A matrix [places, size] that averages each window along one axis. */
function averages(places: number, size: number): Tensor {
  const values = Array.from({ length: places }, (_, place) => {
    const { start, end } = windowAt(place, places, size);
    return Array.from({ length: size }, (_value, pixel) => (pixel >= start && pixel < end ? 1 / (end - start) : 0));
  });
  return tensor(values.flat(), [1, places, size]);
}

/** Multiplies rows by one matrix and columns by another, or by their transposes. */
function alongBoth(x: Tensor, down: Tensor, across: Tensor, transposed: boolean): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const rows = weightedSums(down, reshape(x, [batch, height, width * channels]), transposed);
  const columns = weightedSums(across, reshape(rows, [-1, width, channels]), transposed);
  return reshape(columns, [batch, rows.shape[1]!, columns.shape[1]!, channels]);
}

/** Where each window begins, and how large it is, as slice wants it. */
function windows(x: Tensor, [down, across]: Pair): { begin: number[]; size: number[] }[][] {
  const [batch, height, width, channels] = (x as Tensor4D).shape;
  return Array.from({ length: down }, (_, i) =>
    Array.from({ length: across }, (_column, j) => {
      const [row, column] = [windowAt(i, down, height), windowAt(j, across, width)];
      return {
        begin: [0, row.start, column.start, 0],
        size: [batch, row.end - row.start, column.end - column.start, channels],
      };
    }),
  );
}
