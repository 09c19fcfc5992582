import { storeLanes } from './lanes';
import { intArgument, pointerArgument } from './simd';

// Modes, as numbered in src/kernels/pad2d.ts.
const ZEROS = 0, REFLECT = 1, SYMMETRIC = 2, REPLICATE = 3;

/** The place of an axis of `size` that a place of the padded axis shows, counted from the first real one; -1: zero. */
// @ts-ignore: decorator
@inline function shown(place: i32, size: i32, mode: i32): i32 {
  if (place >= 0 && place < size) return place;
  if (mode == ZEROS) return -1;
  if (mode == REPLICATE) return place < 0 ? 0 : size - 1;
  if (mode == REFLECT) return place < 0 ? -place : 2 * size - 2 - place;
  if (mode == SYMMETRIC) return place < 0 ? -1 - place : 2 * size - 1 - place;
  return place < 0 ? place + size : place - size;
}

/** Some rows of y = x with pixels around it. args: x, y, H, W, C, top, left, OH, OW, mode, rows of all y, rows of an item */
export function pad(args: usize, item: i32, scratch: usize): void {
  const height = intArgument(args, 2);
  const width = intArgument(args, 3);
  const top = intArgument(args, 5);
  const left = intArgument(args, 6);
  const rows = intArgument(args, 7);
  const columns = intArgument(args, 8);
  const mode = intArgument(args, 9);
  const pixel = <usize>intArgument(args, 4) << 2;
  const rowBytes = <usize>width * pixel;
  const first = item * intArgument(args, 11);
  const end = min(intArgument(args, 10), first + intArgument(args, 11));
  for (let row = first; row < end; row++) {
    const image = row / rows;
    const y = pointerArgument(args, 1) + <usize>(row * columns) * pixel;
    const source = shown(row - image * rows - top, height, mode);
    if (source < 0) {
      memory.fill(y, 0, <usize>columns * pixel);
      continue;
    }
    const x = pointerArgument(args, 0) + <usize>(image * height + source) * rowBytes;
    memory.copy(y + <usize>left * pixel, x, rowBytes);
    for (let column = 0; column < columns; column++) {
      if (column == left) column += width;
      if (column >= columns) break;
      const from = shown(column - left, width, mode);
      const to = y + <usize>column * pixel;
      if (from < 0) memory.fill(to, 0, pixel);
      else memory.copy(to, x + <usize>from * pixel, pixel);
    }
  }
}

function addFloats(target: usize, source: usize, count: usize): void {
  for (let i: usize = 0; i < count; i += 4) {
    const at = i << 2;
    storeLanes(target + at, f32x4.add(v128.load(target + at), v128.load(source + at)), count - i);
  }
}

/**
 * Some rows of dx: the sum of dy over all places that show a pixel, in the order of their rows and columns but with
 * the pixel's own place first. args: dy, dx, H, W, C, top, left, OH, OW, mode, rows of all dx, rows of an item
 */
export function padGradient(args: usize, item: i32, scratch: usize): void {
  const height = intArgument(args, 2);
  const width = intArgument(args, 3);
  const channels = <usize>intArgument(args, 4);
  const top = intArgument(args, 5);
  const left = intArgument(args, 6);
  const rows = intArgument(args, 7);
  const columns = intArgument(args, 8);
  const mode = intArgument(args, 9);
  const pixel = channels << 2;
  const first = item * intArgument(args, 11);
  const end = min(intArgument(args, 10), first + intArgument(args, 11));
  for (let row = first; row < end; row++) {
    const image = row / height;
    const own = row - image * height;
    const dx = pointerArgument(args, 1) + <usize>(row * width) * pixel;
    memory.fill(dx, 0, <usize>width * pixel);
    // The row's own place, then every row of the edges that shows it.
    for (let i = -1; i < rows; i++) {
      if (i == top) i += height;
      if (i >= rows) break;
      if (i >= 0 && shown(i - top, height, mode) != own) continue;
      const from = i < 0 ? own + top : i;
      const dy = pointerArgument(args, 0) + <usize>((image * rows + from) * columns) * pixel;
      addFloats(dx, dy + <usize>left * pixel, <usize>width * channels);
      for (let column = 0; column < columns; column++) {
        if (column == left) column += width;
        if (column >= columns) break;
        const to = shown(column - left, width, mode);
        if (to >= 0) addFloats(dx + <usize>to * pixel, dy + <usize>column * pixel, channels);
      }
    }
  }
}
