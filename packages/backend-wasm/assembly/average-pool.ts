import { storeLanes } from './lanes';
import { adaptiveEnd, adaptiveStart, CHANNELS, HEIGHT, isAdaptive, OUTPUT_HEIGHT, OUTPUT_WIDTH, OWN, PADDING_LEFT, PADDING_TOP, POOL_HEIGHT, POOL_WIDTH, STRIDE_ACROSS, STRIDE_DOWN, WIDTH, windowBottom, windowTop } from './pool-window';
import { floatArgument, intArgument, pointerArgument } from './simd';

// Own arguments: countPadding, then the row and the column at which what counts of the padding ends, divisor (0: what counts).
const COUNTED_BOTTOM = OWN + 1;
const COUNTED_RIGHT = OWN + 2;
const DIVISOR = OWN + 3;
const ROWS_PER_ITEM = OWN + 4;

/** Rows of a window that count: all up to the padded end when padding counts, else the real ones. */
// @ts-ignore: decorator
@inline function countedRows(args: usize, row: i32, real: i32): i32 {
  if (!intArgument(args, OWN)) return real;
  const start = row * intArgument(args, STRIDE_DOWN) - intArgument(args, PADDING_TOP);
  return min(start + intArgument(args, POOL_HEIGHT), intArgument(args, COUNTED_BOTTOM)) - start;
}

/** 1 / pixels that count. */
// @ts-ignore: decorator
@inline function share(args: usize, rows: i32, start: i32, real: i32): v128 {
  const divisor = floatArgument(args, DIVISOR);
  if (divisor > 0) return f32x4.splat(1 / divisor);
  const columns = intArgument(args, OWN)
    ? min(start + intArgument(args, POOL_WIDTH), intArgument(args, COUNTED_RIGHT)) - start
    : real;
  return f32x4.splat(1 / <f32>(rows * columns));
}

/** y = mean of each window. args: x, y, rows of all outputs, window.., own.., rowsPerItem */
export function averagePool(args: usize, item: i32, scratch: usize): void {
  const first = item * intArgument(args, ROWS_PER_ITEM);
  const last = min(first + intArgument(args, ROWS_PER_ITEM), intArgument(args, 2));
  for (let row = first; row < last; row++) averagePoolRow(args, row);
}

// @ts-ignore: decorator
@inline function averagePoolRow(args: usize, place: i32): void {
  const image = place / intArgument(args, OUTPUT_HEIGHT);
  const row = place - image * intArgument(args, OUTPUT_HEIGHT);
  const C = <usize>intArgument(args, CHANNELS);
  const width = intArgument(args, WIDTH);
  const outputWidth = intArgument(args, OUTPUT_WIDTH);
  const top = windowTop(args, row);
  const bottom = windowBottom(args, row);
  const pixelBytes = C << 2;
  const rowBytes = <usize>width * pixelBytes;
  const x = pointerArgument(args, 0) + <usize>(image * intArgument(args, HEIGHT)) * rowBytes;
  let y = pointerArgument(args, 1) + <usize>(place * outputWidth) * pixelBytes;
  const adaptive = isAdaptive(args);
  const rows = countedRows(args, row, bottom - top);
  let start = -intArgument(args, PADDING_LEFT);
  for (let column = 0; column < outputWidth; column++) {
    const left = adaptive ? adaptiveStart(column, width, outputWidth) : max(start, 0);
    const right = adaptive
      ? adaptiveEnd(column, width, outputWidth)
      : min(start + intArgument(args, POOL_WIDTH), width);
    const factor = share(args, rows, start, right - left);
    for (let c: usize = 0; c < C; c += 4) {
      let sum = f32x4.splat(0);
      for (let i = top; i < bottom; i++) {
        const pixels = x + <usize>i * rowBytes + (c << 2);
        for (let j = left; j < right; j++) sum = f32x4.add(sum, v128.load(pixels + <usize>j * pixelBytes));
      }
      storeLanes(y + (c << 2), f32x4.mul(sum, factor), C - c);
    }
    y += pixelBytes;
    start += intArgument(args, STRIDE_ACROSS);
  }
}

/** dx = sum of the shares of dy over a pixel's windows. args: dy, dx, unused, window.., own..; an item is one image */
export function averagePoolGradient(args: usize, image: i32, scratch: usize): void {
  const C = <usize>intArgument(args, CHANNELS);
  const width = intArgument(args, WIDTH);
  const outputHeight = intArgument(args, OUTPUT_HEIGHT);
  const outputWidth = intArgument(args, OUTPUT_WIDTH);
  const pixelBytes = C << 2;
  const rowBytes = <usize>width * pixelBytes;
  const imageBytes = <usize>intArgument(args, HEIGHT) * rowBytes;
  const dx = pointerArgument(args, 1) + <usize>image * imageBytes;
  let dy = pointerArgument(args, 0) + <usize>(image * outputHeight * outputWidth) * pixelBytes;
  const adaptive = isAdaptive(args);
  memory.fill(dx, 0, imageBytes);
  for (let row = 0; row < outputHeight; row++) {
    const top = windowTop(args, row);
    const bottom = windowBottom(args, row);
    const rows = countedRows(args, row, bottom - top);
    let start = -intArgument(args, PADDING_LEFT);
    for (let column = 0; column < outputWidth; column++) {
      const left = adaptive ? adaptiveStart(column, width, outputWidth) : max(start, 0);
      const right = adaptive
        ? adaptiveEnd(column, width, outputWidth)
        : min(start + intArgument(args, POOL_WIDTH), width);
      const factor = share(args, rows, start, right - left);
      for (let c: usize = 0; c < C; c += 4) {
        const value = f32x4.mul(v128.load(dy + (c << 2)), factor);
        for (let i = top; i < bottom; i++) {
          const pixels = dx + <usize>i * rowBytes + (c << 2);
          for (let j = left; j < right; j++) {
            const pixel = pixels + <usize>j * pixelBytes;
            storeLanes(pixel, f32x4.add(v128.load(pixel), value), C - c);
          }
        }
      }
      dy += pixelBytes;
      start += intArgument(args, STRIDE_ACROSS);
    }
  }
}
