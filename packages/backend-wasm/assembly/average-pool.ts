import { storeLanes } from './lanes';
import { CHANNELS, HEIGHT, OUTPUT_HEIGHT, OUTPUT_WIDTH, OWN, PADDING_LEFT, POOL_HEIGHT, POOL_WIDTH, STRIDE_ACROSS, WIDTH, windowBottom, windowTop } from './pool-window';
import { intArgument, pointerArgument } from './simd';

/** 1 / pixels of a window: all of them when padding counts, else the real ones. */
// @ts-ignore: decorator
@inline function share(args: usize, real: i32): v128 {
  const pixels = intArgument(args, OWN) ? intArgument(args, POOL_HEIGHT) * intArgument(args, POOL_WIDTH) : real;
  return f32x4.splat(1 / <f32>pixels);
}

/** y = mean of each window. args: x, y, rows of all outputs, window.., countPadding, rowsPerItem */
export function averagePool(args: usize, item: i32, scratch: usize): void {
  const first = item * intArgument(args, OWN + 1);
  const last = min(first + intArgument(args, OWN + 1), intArgument(args, 2));
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
  let start = -intArgument(args, PADDING_LEFT);
  for (let column = 0; column < outputWidth; column++) {
    const left = max(start, 0);
    const right = min(start + intArgument(args, POOL_WIDTH), width);
    const factor = share(args, (bottom - top) * (right - left));
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

/** dx = sum of the shares of dy over a pixel's windows. args: dy, dx, unused, window.., countPadding; an item is one image */
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
  memory.fill(dx, 0, imageBytes);
  for (let row = 0; row < outputHeight; row++) {
    const top = windowTop(args, row);
    const bottom = windowBottom(args, row);
    let start = -intArgument(args, PADDING_LEFT);
    for (let column = 0; column < outputWidth; column++) {
      const left = max(start, 0);
      const right = min(start + intArgument(args, POOL_WIDTH), width);
      const factor = share(args, (bottom - top) * (right - left));
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
