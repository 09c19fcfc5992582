import { relu, storeLanes } from './lanes';
import { adaptiveEnd, adaptiveStart, CHANNELS, HEIGHT, isAdaptive, OUTPUT_HEIGHT, OUTPUT_WIDTH, OWN, PADDING_LEFT, POOL_HEIGHT, POOL_WIDTH, STRIDE_ACROSS, STRIDE_DOWN, WIDTH, windowBottom, windowTop } from './pool-window';
import { intArgument, pointerArgument } from './simd';

/** y = greatest of each window. args: x, y, rows of all outputs, window.., relu, rowsPerItem */
export function maxPool(args: usize, item: i32, scratch: usize): void {
  const first = item * intArgument(args, OWN + 1);
  const last = min(first + intArgument(args, OWN + 1), intArgument(args, 2));
  for (let row = first; row < last; row++) maxPoolRow(args, row);
}

// @ts-ignore: decorator
@inline function maxPoolRow(args: usize, place: i32): void {
  const image = place / intArgument(args, OUTPUT_HEIGHT);
  const row = place - image * intArgument(args, OUTPUT_HEIGHT);
  const C = <usize>intArgument(args, CHANNELS);
  const width = intArgument(args, WIDTH);
  const outputWidth = intArgument(args, OUTPUT_WIDTH);
  const stride = intArgument(args, STRIDE_ACROSS);
  const poolWidth = intArgument(args, POOL_WIDTH);
  const top = windowTop(args, row);
  const bottom = windowBottom(args, row);
  const pixelBytes = C << 2;
  const rowBytes = <usize>width * pixelBytes;
  const x = pointerArgument(args, 0) + <usize>(image * intArgument(args, HEIGHT)) * rowBytes;
  let y = pointerArgument(args, 1) + <usize>(place * outputWidth) * pixelBytes;
  const rectify = intArgument(args, OWN);
  const adaptive = isAdaptive(args);
  let start = -intArgument(args, PADDING_LEFT);
  for (let column = 0; column < outputWidth; column++) {
    const left = adaptive ? adaptiveStart(column, width, outputWidth) : max(start, 0);
    const right = adaptive ? adaptiveEnd(column, width, outputWidth) : min(start + poolWidth, width);
    for (let c: usize = 0; c < C; c += 4) {
      let greatest = f32x4.splat(-Infinity);
      // pmax is one instruction where max is eight, but drops NaN: those are collected beside it.
      let unordered = i32x4.splat(0);
      for (let i = top; i < bottom; i++) {
        const pixels = x + <usize>i * rowBytes + (c << 2);
        for (let j = left; j < right; j++) {
          const pixel = v128.load(pixels + <usize>j * pixelBytes);
          greatest = f32x4.pmax(greatest, pixel);
          unordered = v128.or(unordered, f32x4.ne(pixel, pixel));
        }
      }
      greatest = v128.or(greatest, unordered);
      storeLanes(y + (c << 2), rectify ? relu(greatest) : greatest, C - c);
    }
    y += pixelBytes;
    start += stride;
  }
}

/**
 * dx = dy at the first greatest pixel of each window (its first NaN, if any), 0 elsewhere. args: dy, x, y, window.., relu, dx.
 * An item is one image. Windows that tile it write every pixel once; others add to zeroed rows.
 */
export function maxPoolGradient(args: usize, item: i32, scratch: usize): void {
  const tiling =
    !isAdaptive(args) &&
    intArgument(args, STRIDE_DOWN) == intArgument(args, POOL_HEIGHT) &&
    intArgument(args, STRIDE_ACROSS) == intArgument(args, POOL_WIDTH);
  if (tiling) scatter(true, args, item);
  else scatter(false, args, item);
}

// @ts-ignore: decorator
@inline function scatter(tiling: bool, args: usize, image: i32): void {
  const C = <usize>intArgument(args, CHANNELS);
  const height = intArgument(args, HEIGHT);
  const width = intArgument(args, WIDTH);
  const outputHeight = intArgument(args, OUTPUT_HEIGHT);
  const outputWidth = intArgument(args, OUTPUT_WIDTH);
  const stride = intArgument(args, STRIDE_ACROSS);
  const poolWidth = intArgument(args, POOL_WIDTH);
  const rectify = intArgument(args, OWN);
  const adaptive = isAdaptive(args);
  const pixelBytes = C << 2;
  const rowBytes = <usize>width * pixelBytes;
  const imageBytes = <usize>height * rowBytes;
  const x = pointerArgument(args, 1) + <usize>image * imageBytes;
  const dx = pointerArgument(args, OWN + 1) + <usize>image * imageBytes;
  const outputs = <usize>(image * outputHeight * outputWidth) * pixelBytes;
  let dy = pointerArgument(args, 0) + outputs;
  let y = pointerArgument(args, 2) + outputs;
  let done = 0; // rows of dx that are written or zeroed
  for (let row = 0; row < outputHeight; row++) {
    const top = windowTop(args, row);
    const bottom = windowBottom(args, row);
    if (!tiling && bottom > done) memory.fill(dx + <usize>done * rowBytes, 0, <usize>(bottom - done) * rowBytes);
    done = max(done, bottom);
    let start = -intArgument(args, PADDING_LEFT);
    for (let column = 0; column < outputWidth; column++) {
      const left = adaptive ? adaptiveStart(column, width, outputWidth) : max(start, 0);
      const right = adaptive ? adaptiveEnd(column, width, outputWidth) : min(start + poolWidth, width);
      for (let c: usize = 0; c < C; c += 4) {
        const greatest = v128.load(y + (c << 2));
        const gradient = v128.load(dy + (c << 2));
        // Lanes that still look for their pixel.
        let open = rectify ? f32x4.gt(greatest, f32x4.splat(0)) : i32x4.splat(-1);
        // A NaN is its own pixel too, though it equals nothing.
        const unordered = f32x4.ne(greatest, greatest);
        const anyUnordered = v128.any_true(unordered);
        for (let i = top; i < bottom; i++) {
          const offsets = <usize>i * rowBytes + (c << 2);
          for (let j = left; j < right; j++) {
            const offset = offsets + <usize>j * pixelBytes;
            const pixel = v128.load(x + offset);
            let isGreatest = f32x4.eq(pixel, greatest);
            if (anyUnordered) isGreatest = v128.or(isGreatest, v128.and(unordered, f32x4.ne(pixel, pixel)));
            const found = v128.and(open, isGreatest);
            open = v128.andnot(open, found);
            const value = v128.and(found, gradient);
            storeLanes(dx + offset, tiling ? value : f32x4.add(v128.load(dx + offset), value), C - c);
          }
        }
      }
      dy += pixelBytes;
      y += pixelBytes;
      start += stride;
    }
    if (tiling) clearRight(dx, rowBytes, pixelBytes, top, bottom, min(start, width), width);
  }
  memory.fill(dx + <usize>done * rowBytes, 0, <usize>(height - done) * rowBytes);
}

/** Zeroes the columns that no window reaches. */
function clearRight(dx: usize, rowBytes: usize, pixelBytes: usize, top: i32, bottom: i32, left: i32, right: i32): void {
  if (left == right) return;
  for (let i = top; i < bottom; i++) {
    memory.fill(dx + <usize>i * rowBytes + <usize>left * pixelBytes, 0, <usize>(right - left) * pixelBytes);
  }
}
