// Copies write whole vectors: what they write too much is overwritten by the next copy, or lies in the slack at the end.

function copyFloats(target: usize, source: usize, mask: usize, count: i32): usize {
  const end = target + (<usize>count << 2);
  if (mask) {
    const zero = f32x4.splat(0);
    for (let p = target; p < end; p += 16, source += 16, mask += 16) {
      v128.store(p, v128.and(v128.load(source), f32x4.gt(v128.load(mask), zero)));
    }
  } else {
    for (let p = target; p < end; p += 16, source += 16) v128.store(p, v128.load(source));
  }
  return end;
}

function zeroFloats(target: usize, count: i32): usize {
  const end = target + (<usize>count << 2);
  for (let p = target; p < end; p += 16) v128.store(p, f32x4.splat(0));
  return end;
}

/**
 * Copies a window of an image, rows [firstRow, firstRow + rows) and columns [firstColumn, firstColumn + columns),
 * with zeros outside the image, and where mask <= 0. Takes `channels` of the image's `pixel` floats a pixel.
 * Returns the end; up to 12 bytes beyond are written.
 */
export function stageImage(
  target: usize,
  image: usize,
  mask: usize,
  height: i32,
  width: i32,
  pixel: i32,
  channels: i32,
  firstRow: i32,
  rows: i32,
  firstColumn: i32,
  columns: i32,
): usize {
  const left = min(columns, max(0, -firstColumn));
  const right = max(left, min(columns, width - firstColumn));
  for (let row = firstRow; row < firstRow + rows; row++) {
    if (row < 0 || row >= height) {
      target = zeroFloats(target, columns * channels);
      continue;
    }
    target = zeroFloats(target, left * channels);
    const offset = <usize>((row * width + firstColumn + left) * pixel) << 2;
    if (pixel == channels) {
      target = copyFloats(target, image + offset, mask ? mask + offset : 0, (right - left) * channels);
    } else {
      for (let column = left; column < right; column++) {
        const at = offset + (<usize>((column - left) * pixel) << 2);
        target = copyFloats(target, image + at, mask ? mask + at : 0, channels);
      }
    }
    target = zeroFloats(target, (columns - right) * channels);
  }
  return target;
}
