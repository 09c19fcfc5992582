// The transform of the gradients of one tile's 4x4 outputs, clipped at the image's edges. As in winograd-pixels.ts.
import { loadMasked, rowPointer } from './winograd-clip';
import { held, transformOutputGradients } from './winograd-transforms';

// @ts-ignore: decorator
@inline const COLUMN: usize = 64;
// @ts-ignore: decorator
@inline const ROW: usize = 4 * COLUMN;

/** Second pass: the six rows of `half` to 36 runs of filters, `stride` bytes apart. */
// @ts-ignore: decorator
@inline function transformRows(half: usize, bytes: usize, two: v128, four: v128, output: usize, stride: usize): void {
  for (let i = 0; i < 6; i++) {
    for (let f: usize = 0; f < bytes; f += 16) {
      const p = half + f;
      transformOutputGradients(
        v128.load(p),
        v128.load(p, COLUMN),
        v128.load(p, 2 * COLUMN),
        v128.load(p, 3 * COLUMN),
        two,
        four,
        output + f,
        stride,
      );
    }
    half += ROW;
    output += 6 * stride;
  }
}

/**
 * A Z A^T for `count` of an image's `filters`, Z being the gradients of the 4x4 outputs from (row, column) on:
 * 36 runs of filters, `stride` bytes apart. `mask` (0: none) has the image's shape; gradients count where it is
 * positive. `zeros` holds 4 pixels of zeros, `half` has room for 6 * ROW bytes.
 */
export function transformGradientTile(
  image: usize,
  mask: usize,
  height: i32,
  width: i32,
  filters: i32,
  count: i32,
  row: i32,
  column: i32,
  zeros: usize,
  half: usize,
  output: usize,
  stride: usize,
): void {
  const pixel = <usize>filters << 2;
  const line = <usize>width * pixel;
  const offset = <usize>row * line + <usize>column * pixel;
  const last = min(4, width - column);
  const two = held(2, half);
  const four = held(4, half);

  // Columns outside the image stay zero while all filters pass.
  if (last < 4) memory.fill(half, 0, 6 * ROW);

  let p = image + offset;
  const p0 = p;
  const p1 = rowPointer(row + 1, height, p + line, zeros);
  const p2 = rowPointer(row + 2, height, p + 2 * line, zeros);
  const p3 = rowPointer(row + 3, height, p + 3 * line, zeros);
  const end = <usize>last * pixel;
  const length = <usize>count << 2;

  if (mask == 0) {
    for (let f: usize = 0; f < length; f += COLUMN) {
      const bytes = min(COLUMN, length - f);
      let to = half;
      for (let from = f; from < end; from += pixel) {
        for (let v: usize = 0; v < bytes; v += 16) {
          const at = from + v;
          transformOutputGradients(
            v128.load(p0 + at),
            v128.load(p1 + at),
            v128.load(p2 + at),
            v128.load(p3 + at),
            two,
            four,
            to + v,
            ROW,
          );
        }
        to += COLUMN;
      }
      transformRows(half, bytes, two, four, output + f, stride);
    }
    return;
  }

  p = mask + offset;
  const q0 = p;
  const q1 = rowPointer(row + 1, height, p + line, zeros);
  const q2 = rowPointer(row + 2, height, p + 2 * line, zeros);
  const q3 = rowPointer(row + 3, height, p + 3 * line, zeros);
  for (let f: usize = 0; f < length; f += COLUMN) {
    const bytes = min(COLUMN, length - f);
    let to = half;
    for (let from = f; from < end; from += pixel) {
      for (let v: usize = 0; v < bytes; v += 16) {
        const at = from + v;
        transformOutputGradients(
          loadMasked(p0 + at, q0 + at),
          loadMasked(p1 + at, q1 + at),
          loadMasked(p2 + at, q2 + at),
          loadMasked(p3 + at, q3 + at),
          two,
          four,
          to + v,
          ROW,
        );
      }
      to += COLUMN;
    }
    transformRows(half, bytes, two, four, output + f, stride);
  }
}
