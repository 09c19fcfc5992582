import { add, mul } from '@tensorflow/tfjs-core';
import { defineOp, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';
import type { Values } from '../tensor.ts';
import { numbered, pack, unpack } from './parameter-lists.ts';

type MovingAverageAttributes = { momentum: number; corrections: readonly number[]; count: number };

export const movingAverageOp: Op<Values, MovingAverageAttributes> = defineOp({
  name: 'striate.MovingAverage',
  varies: ['corrections'],
  shapes(inputs, { count }) {
    const values = numbered(inputs, 'value', count);
    return numbered(inputs, 'average', count).map(({ shape }, index) => {
      const other = values[index]!.shape;
      if (shape.join() === other.join()) return shape;
      throw new ShapeError(`movingAverage: the average is [${shape.join(', ')}], the value [${other.join(', ')}].`);
    });
  },
  reference(inputs, { momentum, corrections, count }) {
    const values = numbered(inputs, 'value', count);
    return numbered(inputs, 'average', count).map((average, index) =>
      add(mul(average, momentum), mul(values[index]!, (1 - momentum) * corrections[index]!)),
    );
  },
});

/**
 * Moving averages after one more step, of several tensors at once:
 *
 *   average = momentum * average + (1 - momentum) * correction * value
 *
 * It has no gradient.
 *
 * @param options `corrections`: a factor for each value, by name; default 1
 * @throws {ShapeError} if a value is not of its average's shape
 * @example
 * const averages = { mean: fill([3], 0) };
 * const next = ops.movingAverage({ averages, values: { mean: fill([3], 1) } }, { momentum: 0.99 });
 */
export function movingAverage(
  { averages, values }: Record<'averages' | 'values', Values>,
  { momentum, corrections = {} }: { momentum: number; corrections?: Record<string, number> },
): Values {
  const names = Object.keys(averages);
  const outputs = movingAverageOp(pack(names, { average: averages, value: values }), {
    momentum,
    corrections: names.map((name) => corrections[name] ?? 1),
    count: names.length,
  });
  return unpack(names, outputs)[0] ?? {};
}
