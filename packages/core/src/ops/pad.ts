import { pad as stockPad } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../check-tensors.ts';
import { defineOp, only, type Op } from '../define-op.ts';
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { slice } from './slice.ts';

type Sides = readonly (readonly [before: number, after: number])[];
type PadAttributes = { sides: Sides; value: number; inputShape: readonly number[] };

export const padOp: Op<{ x: Tensor }, PadAttributes> = defineOp({
  name: 'striate.Pad',
  shapes: ({ x }, { sides }) => [x.shape.map((size, axis) => size + sides[axis]![0] + sides[axis]![1])],
  reference: ({ x }, { sides, value }) =>
    stockPad(
      x,
      sides.map(([before, after]) => [before, after]),
      value,
    ),
  gradient: {
    saves: [],
    of: ({ dys: [dy], attributes: { sides, inputShape } }) => ({
      x: () => slice(dy!, { begin: sides.map(([before]) => before), size: inputShape }),
    }),
  },
});

/**
 * x with places before and after it along each axis, which hold a constant. For images and other ways to go on at a
 * border see `ops.pad2d`.
 *
 * @param sides for each axis how many places before and after it, [[1, 1], [0, 2]]
 * @throws {OptionError} for what are no whole numbers
 * @throws {ShapeError} unless there are as many pairs as axes
 * @example
 * const wider = ops.pad(x, [[0, 0], [1, 1]]); // [N, C] becomes [N, C + 2]
 */
export function pad(x: Tensor, sides: Sides, value = 0): Tensor {
  checkTensor('pad', 'x', x);
  const isCount = (number: unknown): boolean => Number.isSafeInteger(number) && (number as number) >= 0;
  if (!Array.isArray(sides) || !sides.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isCount)))
    throw new OptionError(`pad: sides are ${describe(sides)}, but must be pairs of whole numbers: [[0, 0], [1, 1]].`);
  if (typeof value !== 'number') throw new OptionError(`pad: value is ${describe(value)}, but must be a number.`);
  if (sides.length !== x.rank) {
    throw new ShapeError(`pad: there are ${sides.length} pairs for [${x.shape.join(', ')}], which has ${x.rank} axes.`);
  }
  return only(padOp({ x }, { sides, value, inputShape: x.shape }));
}
