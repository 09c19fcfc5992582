// The transform of the 6x6 pixels that the 4x4 outputs of one tile see, clipped at the image's edges.
import { loadMasked, rowPointer } from './winograd-clip';
import { held, transformPixels } from './winograd-transforms';

// Between the two passes lie 6 rows of 6 columns of up to 16 channels. Taking 16 channels, a cache line, through each
// pass before the next keeps the stores of the second to few cache lines and pages at a time.
// @ts-ignore: decorator
@inline const COLUMN: usize = 64;
// @ts-ignore: decorator
@inline const ROW: usize = 6 * COLUMN;
// @ts-ignore: decorator
@inline export const HALF_BYTES: usize = 6 * ROW;

/** Second pass: the rows of `half` to 36 runs of channels, `stride` bytes apart. */
// @ts-ignore: decorator
@inline function transformRows(half: usize, bytes: usize, two: v128, four: v128, output: usize, stride: usize): void {
  for (let i = 0; i < 6; i++) {
    for (let c: usize = 0; c < bytes; c += 16) {
      const p = half + c;
      transformPixels(
        v128.load(p),
        v128.load(p, COLUMN),
        v128.load(p, 2 * COLUMN),
        v128.load(p, 3 * COLUMN),
        v128.load(p, 4 * COLUMN),
        v128.load(p, 5 * COLUMN),
        two,
        four,
        output + c,
        stride,
      );
    }
    half += ROW;
    output += 6 * stride;
  }
}

/**
 * B^T d B for all channels of the 6x6 pixels from (row, column) on: 36 runs of channels, `stride` bytes apart.
 * `mask` (0: none) has the image's shape; pixels count where it is positive. `zeros` holds 6 pixels of zeros,
 * `half` has room for HALF_BYTES.
 */
export function transformTile(
  image: usize,
  mask: usize,
  height: i32,
  width: i32,
  channels: i32,
  row: i32,
  column: i32,
  zeros: usize,
  half: usize,
  output: usize,
  stride: usize,
): void {
  const pixel = <usize>channels << 2;
  const line = <usize>width * pixel;
  const offset = <usize>row * line + <usize>column * pixel;
  const first = max(0, -column);
  const last = max(0, min(6, width - column));
  const two = held(2, half);
  const four = held(4, half);

  // Columns outside the image stay zero while all channels pass.
  if (last - first < 6) memory.fill(half, 0, HALF_BYTES);

  let p = image + offset;
  const p0 = rowPointer(row, height, p, zeros);
  const p1 = rowPointer(row + 1, height, p + line, zeros);
  const p2 = rowPointer(row + 2, height, p + 2 * line, zeros);
  const p3 = rowPointer(row + 3, height, p + 3 * line, zeros);
  const p4 = rowPointer(row + 4, height, p + 4 * line, zeros);
  const p5 = rowPointer(row + 5, height, p + 5 * line, zeros);
  const start = <usize>first * pixel;
  const end = <usize>last * pixel;
  const firstColumn = half + <usize>first * COLUMN;

  if (mask == 0) {
    for (let c: usize = 0; c < pixel; c += COLUMN) {
      const bytes = min(COLUMN, pixel - c);
      let to = firstColumn;
      for (let from = start + c; from < end; from += pixel) {
        for (let v: usize = 0; v < bytes; v += 16) {
          const at = from + v;
          transformPixels(
            v128.load(p0 + at),
            v128.load(p1 + at),
            v128.load(p2 + at),
            v128.load(p3 + at),
            v128.load(p4 + at),
            v128.load(p5 + at),
            two,
            four,
            to + v,
            ROW,
          );
        }
        to += COLUMN;
      }
      transformRows(half, bytes, two, four, output + c, stride);
    }
    return;
  }

  p = mask + offset;
  const q0 = rowPointer(row, height, p, zeros);
  const q1 = rowPointer(row + 1, height, p + line, zeros);
  const q2 = rowPointer(row + 2, height, p + 2 * line, zeros);
  const q3 = rowPointer(row + 3, height, p + 3 * line, zeros);
  const q4 = rowPointer(row + 4, height, p + 4 * line, zeros);
  const q5 = rowPointer(row + 5, height, p + 5 * line, zeros);
  for (let c: usize = 0; c < pixel; c += COLUMN) {
    const bytes = min(COLUMN, pixel - c);
    let to = firstColumn;
    for (let from = start + c; from < end; from += pixel) {
      for (let v: usize = 0; v < bytes; v += 16) {
        const at = from + v;
        transformPixels(
          loadMasked(p0 + at, q0 + at),
          loadMasked(p1 + at, q1 + at),
          loadMasked(p2 + at, q2 + at),
          loadMasked(p3 + at, q3 + at),
          loadMasked(p4 + at, q4 + at),
          loadMasked(p5 + at, q5 + at),
          two,
          four,
          to + v,
          ROW,
        );
      }
      to += COLUMN;
    }
    transformRows(half, bytes, two, four, output + c, stride);
  }
}
