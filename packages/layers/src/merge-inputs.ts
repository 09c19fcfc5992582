import { ShapeError, type LayerResult, type Shape, type Tensor } from '@striate/core';
import { formatShape } from './input-shapes.ts';

/** The shape of all inputs. @throws {ShapeError} if there are fewer than two, or if they differ. */
export function equalInputs(where: string, inputs: readonly Shape[]): Shape {
  const shape = severalInputs(where, inputs)[0]!;
  const other = inputs.find((candidate) => formatShape(candidate) !== formatShape(shape));
  if (!other) return shape;
  throw new ShapeError(
    `${where}: inputs are of shapes ${formatShape(shape)} and ${formatShape(other)}, but must be equal.`,
  );
}

/** @throws {ShapeError} if there are fewer than two inputs. */
export function severalInputs(where: string, inputs: readonly Shape[]): readonly Shape[] {
  if (inputs.length >= 2) return inputs;
  throw new ShapeError(`${where}: has ${inputs.length} input, but needs at least 2: ${where}()([a, b]).`);
}

/** Merges tensors two by two, from the first on. */
export function mergeAll(inputs: readonly Tensor[], merge: (a: Tensor, b: Tensor) => Tensor): LayerResult {
  const [first, second, ...more] = inputs;
  let result = merge(first!, second!);
  for (const tensor of more) {
    const partial = result;
    result = merge(partial, tensor);
    partial.dispose();
  }
  return { outputs: [result] };
}
