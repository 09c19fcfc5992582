import { ops, option, type Option } from '@striate/core';
import type { ConstraintFunction } from './constraint-kind.ts';

/**
 * Over which axes norms are taken. As in Keras: 0, the default, for kernels of dense layers [inputs, units], which gives
 * one norm for each unit; [0, 1, 2] for kernels of convolutions [kh, kw, C, filters], one norm for each filter.
 */
export interface NormOptions {
  axis?: number | readonly number[];
}

function isAxes(axis: unknown): boolean {
  const axes: unknown[] = [axis].flat();
  const fits = axes.length > 0 && axes.every((place) => Number.isInteger(place) && (place as number) >= 0);
  return fits && new Set(axes).size === axes.length;
}

/** {@link NormOptions}. */
export const axis: Option<number | readonly number[], 'filled'> = option.value<number | readonly number[], number>({
  doc: 'The axis or axes over which norms are taken: 0 for dense layers, [0, 1, 2] for convolutions.',
  wanted: 'a whole number of at least 0, or a list of different ones',
  fits: isAxes,
  default: 0,
});

/** Brings norms over some axes into a range; see `ops.limitNorm`. */
export function normLimit(
  over: number | readonly number[],
  limits: { minimum: number; maximum: number; rate: number },
): ConstraintFunction {
  const axes = [over].flat();
  return Object.assign((x: Parameters<ConstraintFunction>[0]) => ops.limitNorm(x, { axes, ...limits }), { axes });
}
