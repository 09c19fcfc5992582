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

/** First row of the image that a row of windows covers. */
// @ts-ignore: decorator
@inline export function windowTop(args: usize, row: i32): i32 {
  return max(row * intArgument(args, STRIDE_DOWN) - intArgument(args, PADDING_TOP), 0);
}
/** The row after the last one that a row of windows covers. */
// @ts-ignore: decorator
@inline export function windowBottom(args: usize, row: i32): i32 {
  const end = row * intArgument(args, STRIDE_DOWN) - intArgument(args, PADDING_TOP) + intArgument(args, POOL_HEIGHT);
  return min(end, intArgument(args, HEIGHT));
}
