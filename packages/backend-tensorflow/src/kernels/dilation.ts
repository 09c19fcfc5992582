import type { Pair } from '@striate/core';
import type { Operations } from '../operations.ts';

/** A kernel [kh, kw, C, F] with zeros between its taps: convolving with it is convolving with dilation. */
export function spread(
  run: Operations,
  kernel: number,
  shape: readonly number[],
  [down, across]: Pair,
): { handle: number; shape: number[] } {
  const [kh, kw, channels, filters] = shape as [number, number, number, number];
  if (down === 1 && across === 1) return { handle: kernel, shape: [...shape] };
  const apart = run.pad(run.reshape(kernel, [kh, 1, kw, 1, channels * filters]), [
    [0, 0],
    [0, down - 1],
    [0, 0],
    [0, across - 1],
    [0, 0],
  ]);
  const whole = run.reshape(apart, [kh * down, kw * across, channels, filters]);
  const wanted = [(kh - 1) * down + 1, (kw - 1) * across + 1, channels, filters];
  return { handle: run.slice(whole, [0, 0, 0, 0], wanted), shape: wanted };
}
