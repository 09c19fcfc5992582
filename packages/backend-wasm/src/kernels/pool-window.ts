import { ops, outputPair } from '@striate/core/backend';
import { rowsPerItem } from './split.ts';

/** Shape of what pooling makes of x [N, H, W, C]. */
export function outputShapeOf(shape: readonly number[], { poolSize, ...window }: ops.PoolGeometry): number[] {
  return [shape[0]!, ...outputPair(shape, poolSize, window), shape[3]!];
}

/** The arguments of assembly/pool-window.ts. */
export function windowArguments(
  input: readonly number[],
  output: readonly number[],
  { poolSize, strides, padding }: ops.PoolGeometry,
): number[] {
  const [, height, width, channels] = input as [number, number, number, number];
  const [, outputHeight, outputWidth] = output as [number, number, number, number];
  return [height, width, channels, outputHeight, outputWidth, ...poolSize, ...strides, padding[0], padding[2]];
}

/** The same for adaptive windows, which a window and strides of 0 stand for. */
export function adaptiveArguments(input: readonly number[], output: readonly number[]): number[] {
  return windowArguments(input, output, { poolSize: [0, 0], strides: [0, 0], padding: [0, 0, 0, 0] });
}

/** Rows of all images of a pooled tensor, and how many make an item; `pixels` is how many a window has. */
export function rowsOfPool(
  output: readonly number[],
  pixels: number,
): { rows: number; rowsPerItem: number; items: number } {
  const [batch, height, width, channels] = output as [number, number, number, number];
  const rows = batch * height;
  const perItem = rowsPerItem(width * channels * Math.max(4, pixels), 32_768);
  return { rows, rowsPerItem: perItem, items: Math.ceil(rows / perItem) };
}
