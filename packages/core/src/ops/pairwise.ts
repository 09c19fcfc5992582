import {
  cast,
  clone,
  greaterEqual,
  less,
  lessEqual,
  greater,
  maximum as stockMaximum,
  minimum as stockMinimum,
  mul,
  neg,
  sub,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';

type Pair = { a: Tensor; b: Tensor };

function checkEqualShapes(where: string, { a, b }: Pair): number[][] {
  if (a.shape.join() === b.shape.join()) return [a.shape];
  throw new ShapeError(`${where}: [${a.shape.join(', ')}] and [${b.shape.join(', ')}] are not of the same shape.`);
}

export const subtractOp: Op<Pair, object> = defineOp({
  name: 'striate.Subtract',
  shapes: (inputs) => checkEqualShapes('subtract', inputs),
  reference: ({ a, b }) => sub(a, b),
  gradient: { saves: [], of: ({ dys: [dy] }) => ({ a: () => clone(dy!), b: () => neg(dy!) }) },
});

/** The larger or the smaller of two; where they are equal, the first counts as chosen. */
function choiceOp(
  name: 'maximum' | 'minimum',
  choose: (a: Tensor, b: Tensor) => Tensor,
  isFirst: (a: Tensor, b: Tensor) => Tensor,
  isSecond: (a: Tensor, b: Tensor) => Tensor,
): Op<Pair, object> {
  return defineOp<Pair, object>({
    name: name === 'maximum' ? 'striate.Maximum' : 'striate.Minimum',
    shapes: (inputs) => checkEqualShapes(name, inputs),
    reference: ({ a, b }) => choose(a, b),
    gradient: {
      saves: ['a', 'b'],
      of: ({ dys: [dy], inputs: { a, b } }) => ({
        a: () => mul(dy!, cast(isFirst(a, b), 'float32')),
        b: () => mul(dy!, cast(isSecond(a, b), 'float32')),
      }),
    },
  });
}

export const maximumOp: Op<Pair, object> = choiceOp('maximum', stockMaximum, greaterEqual, less);
export const minimumOp: Op<Pair, object> = choiceOp('minimum', stockMinimum, lessEqual, greater);

/**
 * Difference of two tensors of one shape, a - b.
 *
 * @throws {ShapeError} if the shapes differ
 */
export function subtract(a: Tensor, b: Tensor): Tensor {
  return only(subtractOp({ a, b }, {}));
}

/**
 * The larger of two numbers at each place. The gradient goes to the larger one, to `a` where they are equal.
 *
 * @throws {ShapeError} if the shapes differ
 */
export function maximum(a: Tensor, b: Tensor): Tensor {
  return only(maximumOp({ a, b }, {}));
}

/**
 * The smaller of two numbers at each place. The gradient goes to the smaller one, to `a` where they are equal.
 *
 * @throws {ShapeError} if the shapes differ
 */
export function minimum(a: Tensor, b: Tensor): Tensor {
  return only(minimumOp({ a, b }, {}));
}
