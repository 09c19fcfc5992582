import { cast } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../check-tensors.ts';
import { defineOp, only, type Op } from '../define-op.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { checkIndices, isPicked } from './pick.ts';

type OneHotAttributes = { classes: number };

export const oneHotOp: Op<{ indices: Tensor }, OneHotAttributes> = defineOp({
  name: 'striate.OneHot',
  asGiven: ['indices'],
  shapes: ({ indices }, { classes }) => [[...indices.shape, classes]],
  reference({ indices }, { classes }) {
    const { rank } = indices;
    return cast(isPicked(indices, { axis: rank, inputShape: [...indices.shape, classes] }), 'float32');
  },
  noGradient: 'indices are whole numbers, which have none.',
});

/**
 * A row of `classes` numbers for each index: 1 at its place and 0 elsewhere, all 0 for an index that there is not.
 *
 * Shapes: indices [N] give [N, classes].
 *
 * @param indices int32, such as class numbers
 * @throws {OptionError} if they are not of int32, and unless `classes` is a whole number of at least 1
 * @example
 * const targets = ops.oneHot(labels, 10);
 */
export function oneHot(indices: Tensor, classes: number): Tensor {
  checkTensor('oneHot', 'indices', indices);
  checkIndices('oneHot', indices);
  if (!(Number.isSafeInteger(classes) && classes >= 1)) {
    throw new OptionError(`oneHot: classes is ${describe(classes)}, but must be a whole number of at least 1.`);
  }
  return only(oneHotOp({ indices }, { classes }));
}
