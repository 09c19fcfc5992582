import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../check-tensors.ts';
import { ShapeError } from '../errors.ts';
import { axisOf } from './axes.ts';
import { reshape } from './reshape.ts';

/**
 * The same elements with one more axis, of size 1; nothing is copied.
 *
 * @param axis where it stands in the result, counted from 0, or from the end if negative
 * @throws {OptionError} for a place that the result has not
 * @example
 * const column = ops.expandDims(x, -1); // [N] becomes [N, 1]
 */
export function expandDims(x: Tensor, axis: number): Tensor {
  checkTensor('expandDims', 'x', x);
  return reshape(x, x.shape.toSpliced(axisOf('expandDims', axis, x.rank + 1), 0, 1));
}

/**
 * The same elements without axes of size 1; nothing is copied.
 *
 * @param axis which one or which ones, counted from 0, or from the end if negative. Default all of size 1
 * @throws {OptionError} for an axis that x has not
 * @throws {ShapeError} for one whose size is not 1
 * @example
 * const row = ops.squeeze(column, -1); // [N, 1] becomes [N]
 */
export function squeeze(x: Tensor, axis?: number | readonly number[]): Tensor {
  checkTensor('squeeze', 'x', x);
  if (axis === undefined) return reshape(x, x.shape.filter((size) => size !== 1)); // prettier-ignore
  const axes = [axis].flat().map((at) => axisOf('squeeze', at, x.rank));
  const long = axes.find((at) => x.shape[at] !== 1);
  if (long !== undefined) {
    throw new ShapeError(`squeeze: axis ${long} of [${x.shape.join(', ')}] has size ${x.shape[long]}, not 1.`);
  }
  return reshape(x, x.shape.filter((_, at) => !axes.includes(at))); // prettier-ignore
}
