// Tensors themselves; what is computed with them is in `ops`.
export { clone, fill, keep, memory, onesLike, scalar, tidy, zeros, zerosLike } from '@tensorflow/tfjs-core';
export type { DataType, Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core';

import { dispose as disposeContainer, tensor as engineTensor, type DataType, type Tensor } from '@tensorflow/tfjs-core';
import { describe } from './describe.ts';
import { ShapeError } from './errors.ts';

type TensorValues = Parameters<typeof engineTensor>[0];

/**
 * A tensor of values on the backend in use. It belongs to the caller.
 *
 * @param values an array, flat or nested as the shape
 * @param shape default: that of nested arrays, or one axis
 * @param dtype default: that of the values
 * @throws {ShapeError} if there are more or fewer values than the shape has places
 * @example
 * tensor([1, 2, 3, 4], [2, 2]);
 */
export function tensor(values: TensorValues, shape?: readonly number[], dtype?: DataType): Tensor {
  if (shape) checkPlaces(values, shape);
  return engineTensor(values, shape && [...shape], dtype);
}

function checkPlaces(values: TensorValues, shape: readonly number[]): void {
  const odd = shape.find((size) => !Number.isSafeInteger(size) || size < 0);
  if (odd !== undefined)
    throw new ShapeError(`tensor: the shape is [${shape.join(', ')}], but sizes are whole numbers of at least 0.`);
  if (typeof values !== 'object' || !('length' in values)) return;
  const length = Array.isArray(values) && Array.isArray(values[0]) ? values.flat(Infinity).length : values.length;
  const places = shape.reduce((product, size) => product * size, 1);
  if (length === places) return;
  throw new ShapeError(
    `tensor: got ${describe(values)}, but the shape [${shape.join(', ')}] has ${places} ${places === 1 ? 'place' : 'places'}.`,
  );
}

/** Tensors by name: parameters, moving statistics, gradients. */
export type Values = Record<string, Tensor>;

/** Gives back the memory of tensors, lists or records of tensors. */
export function dispose(...containers: (Tensor | readonly Tensor[] | Values | undefined)[]): void {
  for (const container of containers) if (container) disposeContainer(container as Tensor);
}
