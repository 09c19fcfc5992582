import { add as stockAdd, clone } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';

export const addOp: Op<{ a: Tensor; b: Tensor }, object> = defineOp({
  name: 'striate.Add',
  shapes({ a, b }) {
    if (a.shape.join() !== b.shape.join()) {
      throw new ShapeError(`add: [${a.shape.join(', ')}] and [${b.shape.join(', ')}] are not of the same shape.`);
    }
    return [a.shape];
  },
  reference: ({ a, b }) => stockAdd(a, b),
  gradient: { saves: [], of: ({ dys: [dy] }) => ({ a: () => clone(dy!), b: () => clone(dy!) }) },
});

/**
 * Sum of two tensors of one shape, as at the end of a shortcut.
 *
 * @throws {ShapeError} if the shapes differ.
 */
export function add(a: Tensor, b: Tensor): Tensor {
  return only(addOp({ a, b }, {}));
}
