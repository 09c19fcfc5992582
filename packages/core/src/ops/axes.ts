import type { Tensor } from '@tensorflow/tfjs-core';
import { checkOptions } from '../check-options.ts';
import { checkTensor } from '../check-tensors.ts';
import { checkFlag } from '../check-values.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';

/** How an op goes over axes. */
export interface ReduceOptions {
  /** One or several, counted from 0, or from the end if negative. Default all. */
  axis?: number | readonly number[];
  /** Whether the axes stay, with size 1. Default false. */
  keepDims?: boolean;
}

export type ReduceAttributes = { axes: readonly number[]; keepDims: boolean; inputShape: readonly number[] };

/** @throws {OptionError} for what is no tensor, and for axes that x has not */
export function axesOf(
  where: string,
  x: Tensor,
  options: ReduceOptions,
): { axes: readonly number[]; keepDims: boolean } {
  checkTensor(where, 'x', x);
  checkOptions(where, options, { axis: true, keepDims: true }, `ops.${where}(x, { axis: -1 })`);
  const { axis, keepDims = false } = options;
  checkFlag(where, 'keepDims', keepDims);
  if (axis === undefined) return { axes: x.shape.map((_, at) => at), keepDims };
  const given: readonly number[] = typeof axis === 'object' ? axis : [axis];
  if (!Array.isArray(given))
    throw new OptionError(`${where}: axis is ${describe(axis)}, but must be a number or several.`);
  const axes = given.map((at) => axisOf(where, at, x.rank)).toSorted((a, b) => a - b);
  if (new Set(axes).size === axes.length) return { axes, keepDims };
  throw new OptionError(`${where}: axis is ${describe(axis)}, which names an axis twice.`);
}

/**
 * An axis counted from 0.
 *
 * @throws {OptionError} for one that a tensor of this rank has not
 */
export function axisOf(where: string, axis: number, rank: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  const range = rank === 0 ? 'a scalar has no axes' : `must be a whole number from ${-rank} to ${rank - 1}`;
  throw new OptionError(`${where}: axis is ${describe(axis)}, but ${range}.`);
}

/** A shape without the axes, or with 1 in their places. */
export function reducedShape(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  return shape.flatMap((size, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [size]));
}
