import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../check-tensors.ts';
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { axisOf } from './axes.ts';
import { concat } from './concat.ts';
import { expandDims } from './expand-dims.ts';

/**
 * Tensors of one shape one behind the other along a new axis.
 *
 * @param axis where it stands in the result, counted from 0, or from the end if negative. Default 0
 * @throws {OptionError} for what is no list of tensors, and for a place that the result has not
 * @throws {ShapeError} if there are none, or if their shapes differ
 * @example
 * const both = ops.stack([a, b]); // [N, C] and [N, C] give [2, N, C]
 */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  if (!Array.isArray(tensors)) throw new OptionError(`stack: got ${describe(tensors)}, but wants a list of tensors.`);
  for (const [index, tensor] of tensors.entries()) checkTensor('stack', `tensor ${index}`, tensor);
  const given: readonly Tensor[] = tensors;
  const shapes = given.map(({ shape }) => `[${shape.join(', ')}]`);
  if (given.length === 0) throw new ShapeError('stack: there is no tensor to stack.');
  if (new Set(shapes).size > 1) throw new ShapeError(`stack: ${shapes.join(' and ')} are not of one shape.`);
  const at = axisOf('stack', axis, given[0]!.rank + 1);
  return tidy(() => concat(given.map((tensor) => expandDims(tensor, at)), at)); // prettier-ignore
}
