import { concat as stockConcat } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { checkTensor } from '../check-tensors.ts';
import { slice } from './slice.ts';

/** `shapes` are those of the inputs, for the gradient. */
type ConcatAttributes = { axis: number; shapes: readonly (readonly number[])[] };

export const concatOp: Op<Record<string, Tensor>, ConcatAttributes> = defineOp({
  name: 'striate.Concat',
  shapes(_, { axis, shapes }) {
    const [first, ...others] = shapes;
    if (!first) throw new ShapeError('concat: there is no tensor to concatenate.');
    const other = others.find((shape) => shape.toSpliced(axis, 1, 0).join() !== first.toSpliced(axis, 1, 0).join());
    if (other || axis >= first.length) {
      throw new ShapeError(
        `concat: [${first.join(', ')}] and [${(other ?? first).join(', ')}] cannot be joined along axis ${axis}: all other sizes must be equal.`,
      );
    }
    return [
      first.with(
        axis,
        shapes.reduce((sum, shape) => sum + shape[axis]!, 0),
      ),
    ];
  },
  reference: (inputs, { axis, shapes }) =>
    stockConcat(
      shapes.map((_, index) => inputs[nameOf(index)]!),
      axis,
    ),
  gradient: {
    saves: [],
    of({ dys: [dy], attributes: { axis, shapes } }) {
      let place = 0;
      return Object.fromEntries(
        shapes.map((shape, index) => {
          const begin = shape.map((_, at) => (at === axis ? place : 0));
          place += shape[axis]!;
          return [nameOf(index), () => slice(dy!, { begin, size: shape })];
        }),
      );
    },
  },
});

const nameOf = (index: number): string => `x${index}`;

/**
 * Tensors one behind the other along an axis.
 *
 * @param axis counted from 0, or from the end if negative: -1, the default, joins channels
 * @throws {OptionError} for what is no list of tensors
 * @throws {ShapeError} if there are none, or if their sizes differ along any other axis
 * @example
 * const y = ops.concat([a, b]); // [N, H, W, 3] and [N, H, W, 5] give [N, H, W, 8]
 */
export function concat(tensors: readonly Tensor[], axis = -1): Tensor {
  if (!Array.isArray(tensors)) throw new OptionError(`concat: got ${describe(tensors)}, but wants a list of tensors.`);
  for (const [index, tensor] of tensors.entries()) checkTensor('concat', `tensor ${index}`, tensor);
  const inputs = Object.fromEntries(tensors.map((tensor, index) => [nameOf(index), tensor]));
  const rank = tensors[0]?.rank ?? 0;
  return only(concatOp(inputs, { axis: axis < 0 ? axis + rank : axis, shapes: tensors.map(({ shape }) => shape) }));
}
