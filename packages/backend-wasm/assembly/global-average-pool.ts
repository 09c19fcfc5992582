import { storeLanes } from './lanes';
import { floatArgument, intArgument, pointerArgument } from './simd';

/** y[n] = mean of x[n] over its pixels. args: x, y, pixels, channels, images, imagesPerItem */
export function globalAveragePool(args: usize, item: i32, scratch: usize): void {
  const first = item * intArgument(args, 5);
  const last = min(first + intArgument(args, 5), intArgument(args, 4));
  for (let image = first; image < last; image++) averageOf(args, image);
}

// @ts-ignore: decorator
@inline function averageOf(args: usize, image: i32): void {
  const pixels = <usize>intArgument(args, 2);
  const C = <usize>intArgument(args, 3);
  const x = pointerArgument(args, 0) + <usize>image * pixels * C * 4;
  const y = pointerArgument(args, 1) + <usize>image * C * 4;
  const factor = f32x4.splat(1 / <f32>pixels);
  for (let c: usize = 0; c < C; c += 8) {
    let low = f32x4.splat(0);
    let high = low;
    let pixel = x + (c << 2);
    for (let i: usize = 0; i < pixels; i++) {
      low = f32x4.add(low, v128.load(pixel));
      high = f32x4.add(high, v128.load(pixel, 16));
      pixel += C << 2;
    }
    storeLanes(y + (c << 2), f32x4.mul(low, factor), C - c);
    if (c + 4 < C) storeLanes(y + (c << 2) + 16, f32x4.mul(high, factor), C - c - 4);
  }
}

/** dx[n, pixel] = dy[n] * factor. args: dy, dx, pixels, channels, images, imagesPerItem, factor */
export function globalAveragePoolGradient(args: usize, item: i32, scratch: usize): void {
  const first = item * intArgument(args, 5);
  const last = min(first + intArgument(args, 5), intArgument(args, 4));
  for (let image = first; image < last; image++) repeat(args, image);
}

// @ts-ignore: decorator
@inline function repeat(args: usize, image: i32): void {
  const pixels = <usize>intArgument(args, 2);
  const C = <usize>intArgument(args, 3);
  const dy = pointerArgument(args, 0) + <usize>image * C * 4;
  let dx = pointerArgument(args, 1) + <usize>image * pixels * C * 4;
  const factor = f32x4.splat(floatArgument(args, 6));
  for (let i: usize = 0; i < pixels; i++) {
    for (let c: usize = 0; c < C; c += 4) {
      storeLanes(dx + (c << 2), f32x4.mul(v128.load(dy + (c << 2)), factor), C - c);
    }
    dx += C << 2;
  }
}
