import { DataError, fill, ops, type Tensor } from '@striate/core';
import type { HostTargets } from './loss.ts';

/**
 * Checks that there is a target for each number of the model's output: [N, ...], or [N] where it gives one number.
 *
 * @param range what each target must be in: its least and largest value, Infinity apart
 * @throws {DataError} naming the shape that does not fit, or the sample whose target is out of range
 */
export function checkNumberTargets(
  where: string,
  { targets, targetShape, ids, outputShape }: HostTargets,
  [least, largest]: readonly [number, number] = [-Infinity, Infinity],
): void {
  const { length: count } = ids;
  const wanted = [count, ...outputShape];
  const fits =
    wanted.length === targetShape.length && wanted.every((size, axis) => size === null || size === targetShape[axis]);
  const isOneEach = targetShape.length === 1 && targetShape[0] === count && outputShape.every((size) => size === 1);
  if (!fits && !isOneEach) {
    const form = outputShape.map((size) => size ?? 'any').join(', ');
    throw new DataError(
      `${where}: the targets are of shape [${targetShape.join(', ')}], but the model's outputs of [N, ${form}]: they must be of the same. ` +
        'Give the last layer as many units as a sample has targets, or the loss that the labels are for: crossEntropy() for class numbers.',
    );
  }
  const each = targets.length / count;
  for (let place = 0; place < targets.length; place++) {
    const target = targets[place]!;
    if (target >= least && target <= largest && Math.abs(target) < Infinity) continue;
    const range = least === -Infinity ? 'finite' : `from ${least} to ${largest}`;
    throw new DataError(
      `${where}: a target of sample ${ids[Math.floor(place / each)]} is ${target}, but must be ${range}.`,
    );
  }
}

/** Outputs and their targets as float32 [N, K], whatever axes they have. */
export function asRows(outputs: Tensor, targets: Tensor): { outputs: Tensor; targets: Tensor } {
  const [count] = outputs.shape as [number];
  const shape = [count, outputs.size / count];
  const floats = ops.toFloat(targets);
  return { outputs: ops.reshape(outputs, shape), targets: ops.reshape(floats, shape) };
}

/** Mean of each row: [N, K] to [N]. */
export function meanOfRows(values: Tensor): Tensor {
  const [count, each] = values.shape as [number, number];
  // A product of matrices, since it has a gradient among our ops and adds in a fixed order.
  return ops.reshape(ops.matMul({ a: values, b: fill([each, 1], 1 / each) }), [count]);
}
