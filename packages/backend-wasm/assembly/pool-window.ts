import { intArgument } from './simd';

// Arguments that all pooling kernels share, after their three addresses.
export const HEIGHT = 3;
export const WIDTH = 4;
export const CHANNELS = 5;
export const OUTPUT_HEIGHT = 6;
export const OUTPUT_WIDTH = 7;
export const POOL_HEIGHT = 8;
export const POOL_WIDTH = 9;
export const STRIDE_DOWN = 10;
export const STRIDE_ACROSS = 11;
export const PADDING_TOP = 12;
export const PADDING_LEFT = 13;
/** The first argument that is a kernel's own. */
export const OWN = 14;

/**
 * Whether windows are placed by the number of outputs (adaptive pooling), which a stride of 0 says: window i of n then
 * covers floor(i H / n) to ceil((i + 1) H / n).
 */
// @ts-ignore: decorator
@inline export function isAdaptive(args: usize): bool {
  return intArgument(args, STRIDE_DOWN) == 0;
}
/** First row of the image that a row of windows covers. */
// @ts-ignore: decorator
@inline export function windowTop(args: usize, row: i32): i32 {
  if (isAdaptive(args)) return adaptiveStart(row, intArgument(args, HEIGHT), intArgument(args, OUTPUT_HEIGHT));
  return max(row * intArgument(args, STRIDE_DOWN) - intArgument(args, PADDING_TOP), 0);
}
/** The row after the last one that a row of windows covers. */
// @ts-ignore: decorator
@inline export function windowBottom(args: usize, row: i32): i32 {
  if (isAdaptive(args)) return adaptiveEnd(row, intArgument(args, HEIGHT), intArgument(args, OUTPUT_HEIGHT));
  const end = row * intArgument(args, STRIDE_DOWN) - intArgument(args, PADDING_TOP) + intArgument(args, POOL_HEIGHT);
  return min(end, intArgument(args, HEIGHT));
}
/** First column of an adaptive window, or row. */
// @ts-ignore: decorator
@inline export function adaptiveStart(place: i32, size: i32, places: i32): i32 {
  return (place * size) / places;
}
/** The column after an adaptive window's last one, or the row. */
// @ts-ignore: decorator
@inline export function adaptiveEnd(place: i32, size: i32, places: i32): i32 {
  return ((place + 1) * size + places - 1) / places;
}
