import { relu, storeLanes } from './lanes';
import { CHANNELS, HEIGHT, OUTPUT_HEIGHT, OUTPUT_WIDTH, OWN, PADDING_LEFT, POOL_WIDTH, STRIDE_ACROSS, WIDTH, windowBottom, windowTop } from './pool-window';
import { intArgument, pointerArgument } from './simd';

// With a = max(0, x): drawn by the random bits in proportion to a, or the mean weighted with a.

/** args: x, y, bits (0: weighted mean), window.., rows, rowsPerItem */
export function stochasticPool(args: usize, item: i32, scratch: usize): void {
  const first = item * intArgument(args, OWN + 1);
  const last = min(first + intArgument(args, OWN + 1), intArgument(args, OWN));
  for (let row = first; row < last; row++) {
    if (pointerArgument(args, 2)) poolRow(true, args, row);
    else poolRow(false, args, row);
  }
}

// @ts-ignore: decorator
@inline function poolRow(drawing: bool, args: usize, place: i32): void {
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
  let offset = <usize>(place * outputWidth) * pixelBytes;
  let start = -intArgument(args, PADDING_LEFT);
  for (let column = 0; column < outputWidth; column++) {
    const left = max(start, 0);
    const right = min(start + intArgument(args, POOL_WIDTH), width);
    for (let c: usize = 0; c < C; c += 4) {
      const pixels = x + (c << 2);
      const total = totalOf(pixels, top, bottom, left, right, rowBytes, pixelBytes);
      let y = f32x4.splat(0);
      if (drawing) {
        const limit = limitOf(pointerArgument(args, 2) + offset + (c << 2), total);
        let sum = f32x4.splat(0);
        let found = f32x4.splat(0);
        for (let i = top; i < bottom; i++) {
          for (let j = left; j < right; j++) {
            const a = relu(v128.load(pixels + <usize>i * rowBytes + <usize>j * pixelBytes));
            sum = f32x4.add(sum, a);
            const reached = f32x4.gt(sum, limit);
            y = v128.or(y, v128.and(v128.andnot(reached, found), a));
            found = reached;
          }
        }
        // Among what is not finite nothing can be drawn: NaN.
        y = v128.or(y, f32x4.ne(f32x4.sub(total, total), f32x4.splat(0)));
      } else {
        for (let i = top; i < bottom; i++) {
          for (let j = left; j < right; j++) {
            const a = relu(v128.load(pixels + <usize>i * rowBytes + <usize>j * pixelBytes));
            y = f32x4.add(y, f32x4.mul(a, a));
          }
        }
        y = f32x4.div(y, f32x4.pmax(total, f32x4.splat(1e-30)));
      }
      storeLanes(pointerArgument(args, 1) + offset + (c << 2), y, C - c);
    }
    offset += pixelBytes;
    start += intArgument(args, STRIDE_ACROSS);
  }
}

/** args: x, dx, bits (0: weighted mean), window.., dy; an item is one image */
export function stochasticPoolGradient(args: usize, image: i32, scratch: usize): void {
  if (pointerArgument(args, 2)) scatter(true, args, image);
  else scatter(false, args, image);
}

// @ts-ignore: decorator
@inline function scatter(drawing: bool, args: usize, image: i32): void {
  const C = <usize>intArgument(args, CHANNELS);
  const width = intArgument(args, WIDTH);
  const outputHeight = intArgument(args, OUTPUT_HEIGHT);
  const outputWidth = intArgument(args, OUTPUT_WIDTH);
  const pixelBytes = C << 2;
  const rowBytes = <usize>width * pixelBytes;
  const imageBytes = <usize>intArgument(args, HEIGHT) * rowBytes;
  const x = pointerArgument(args, 0) + <usize>image * imageBytes;
  const dx = pointerArgument(args, 1) + <usize>image * imageBytes;
  let offset = <usize>(image * outputHeight * outputWidth) * pixelBytes;
  memory.fill(dx, 0, imageBytes);
  for (let row = 0; row < outputHeight; row++) {
    const top = windowTop(args, row);
    const bottom = windowBottom(args, row);
    let start = -intArgument(args, PADDING_LEFT);
    for (let column = 0; column < outputWidth; column++) {
      const left = max(start, 0);
      const right = min(start + intArgument(args, POOL_WIDTH), width);
      for (let c: usize = 0; c < C; c += 4) {
        const pixels = x + (c << 2);
        const gradient = v128.load(pointerArgument(args, OWN) + offset + (c << 2));
        const total = totalOf(pixels, top, bottom, left, right, rowBytes, pixelBytes);
        if (drawing) {
          const limit = limitOf(pointerArgument(args, 2) + offset + (c << 2), total);
          let sum = f32x4.splat(0);
          let found = f32x4.splat(0);
          for (let i = top; i < bottom; i++) {
            for (let j = left; j < right; j++) {
              const place = <usize>i * rowBytes + <usize>j * pixelBytes + (c << 2);
              sum = f32x4.add(sum, relu(v128.load(x + place)));
              const reached = f32x4.gt(sum, limit);
              const value = v128.and(v128.andnot(reached, found), gradient);
              storeLanes(dx + place, f32x4.add(v128.load(dx + place), value), C - c);
              found = reached;
            }
          }
        } else {
          let squares = f32x4.splat(0);
          for (let i = top; i < bottom; i++) {
            for (let j = left; j < right; j++) {
              const a = relu(v128.load(pixels + <usize>i * rowBytes + <usize>j * pixelBytes));
              squares = f32x4.add(squares, f32x4.mul(a, a));
            }
          }
          const divisor = f32x4.pmax(total, f32x4.splat(1e-30));
          const y = f32x4.div(squares, divisor);
          const factor = f32x4.div(gradient, divisor);
          for (let i = top; i < bottom; i++) {
            for (let j = left; j < right; j++) {
              const place = <usize>i * rowBytes + <usize>j * pixelBytes + (c << 2);
              const a = v128.load(x + place);
              const slope = f32x4.mul(f32x4.sub(f32x4.add(a, a), y), factor);
              const value = v128.and(f32x4.gt(a, f32x4.splat(0)), slope);
              storeLanes(dx + place, f32x4.add(v128.load(dx + place), value), C - c);
            }
          }
        }
      }
      offset += pixelBytes;
      start += intArgument(args, STRIDE_ACROSS);
    }
  }
}

/** Sum of a over a window, row by row. */
// @ts-ignore: decorator
@inline function totalOf(
  pixels: usize,
  top: i32,
  bottom: i32,
  left: i32,
  right: i32,
  rowBytes: usize,
  pixelBytes: usize,
): v128 {
  let sum = f32x4.splat(0);
  for (let i = top; i < bottom; i++) {
    for (let j = left; j < right; j++) {
      sum = f32x4.add(sum, relu(v128.load(pixels + <usize>i * rowBytes + <usize>j * pixelBytes)));
    }
  }
  return sum;
}

/** A uniform number below 1, of 24 bits, times the total. */
// @ts-ignore: decorator
@inline function limitOf(bits: usize, total: v128): v128 {
  const uniform = f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(v128.load(bits), 8)), f32x4.splat(5.9604644775390625e-8));
  return f32x4.mul(uniform, total);
}
