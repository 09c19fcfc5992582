import { rowsPerItem } from './split.ts';

export interface PoolAttributes {
  poolSize: readonly [number, number];
  strides: readonly [number, number];
  /** [top, bottom, left, right] */
  padding: readonly [number, number, number, number];
}

/** Shape of what pooling makes of x [N, H, W, C]. */
export function outputShapeOf(shape: readonly number[], { poolSize, strides, padding }: PoolAttributes): number[] {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const [top, bottom, left, right] = padding;
  return [
    batch,
    Math.floor((height + top + bottom - poolSize[0]) / strides[0]) + 1,
    Math.floor((width + left + right - poolSize[1]) / strides[1]) + 1,
    channels,
  ];
}

/** The arguments of assembly/pool-window.ts. */
export function windowArguments(
  input: readonly number[],
  output: readonly number[],
  { poolSize, strides, padding }: PoolAttributes,
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
