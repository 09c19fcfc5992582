import { relu, storeLanes } from './lanes';
import { madd } from './simd';

// Channels last: x is rows of C numbers. So that whole vectors fit, `group` rows are taken as one row of
// W = group * C numbers, a multiple of 4, and per-channel numbers are repeated to W once an item.

/** Repeats C numbers until W are there. */
export function spread(source: usize, C: usize, target: usize, W: usize): void {
  for (let i: usize = 0, c: usize = 0; i < W; i++) {
    store<f32>(target + (i << 2), load<f32>(source + (c << 2)));
    if (++c == C) c = 0;
  }
}

/** Adds up what belongs to one channel, of W sums: sums[c] + sums[C + c] + .. */
// @ts-ignore: decorator
@inline export function folded(sums: usize, c: usize, C: usize, W: usize): f64 {
  let sum: f64 = 0;
  for (let i = c; i < W; i += C) sum += <f64>load<f32>(sums + (i << 2));
  return sum;
}

/** Rows whose columns are added up block by block before the next rows come: they stay in the first cache meanwhile. */
// @ts-ignore: decorator
@inline export function rowsAtOnce(W: usize): usize {
  return max<usize>(8, 4096 / W);
}

/** Adds x - shift, and its square, over rows of W numbers to W sums each. */
function addMoments(x: usize, rows: usize, W: usize, shift: usize, sums: usize, squares: usize): void {
  const atOnce = rowsAtOnce(W);
  const step = W << 2;
  for (let first: usize = 0; first < rows; first += atOnce, x += atOnce * step) {
    const count = min(atOnce, rows - first);
    let i: usize = 0;
    for (; i + 64 <= step; i += 64) addMomentsOfBlock(x + i, count, step, shift + i, sums + i, squares + i);
    for (; i < step; i += 16) addMomentsOfVector(x + i, count, step, shift + i, sums + i, squares + i);
  }
}

/** Of 16 columns, with their sums in registers. */
function addMomentsOfBlock(x: usize, rows: usize, step: usize, shift: usize, sums: usize, squares: usize): void {
  const shift0 = v128.load(shift);
  const shift1 = v128.load(shift, 16);
  const shift2 = v128.load(shift, 32);
  const shift3 = v128.load(shift, 48);
  let sum0 = v128.load(sums);
  let sum1 = v128.load(sums, 16);
  let sum2 = v128.load(sums, 32);
  let sum3 = v128.load(sums, 48);
  let square0 = v128.load(squares);
  let square1 = v128.load(squares, 16);
  let square2 = v128.load(squares, 32);
  let square3 = v128.load(squares, 48);
  for (let row: usize = 0; row < rows; row++, x += step) {
    const d0 = f32x4.sub(v128.load(x), shift0);
    const d1 = f32x4.sub(v128.load(x, 16), shift1);
    const d2 = f32x4.sub(v128.load(x, 32), shift2);
    const d3 = f32x4.sub(v128.load(x, 48), shift3);
    sum0 = f32x4.add(sum0, d0);
    sum1 = f32x4.add(sum1, d1);
    sum2 = f32x4.add(sum2, d2);
    sum3 = f32x4.add(sum3, d3);
    square0 = madd(d0, d0, square0);
    square1 = madd(d1, d1, square1);
    square2 = madd(d2, d2, square2);
    square3 = madd(d3, d3, square3);
  }
  v128.store(sums, sum0);
  v128.store(sums, sum1, 16);
  v128.store(sums, sum2, 32);
  v128.store(sums, sum3, 48);
  v128.store(squares, square0);
  v128.store(squares, square1, 16);
  v128.store(squares, square2, 32);
  v128.store(squares, square3, 48);
}

function addMomentsOfVector(x: usize, rows: usize, step: usize, shift: usize, sums: usize, squares: usize): void {
  const own = v128.load(shift);
  let sum = v128.load(sums);
  let square = v128.load(squares);
  for (let row: usize = 0; row < rows; row++, x += step) {
    const d = f32x4.sub(v128.load(x), own);
    sum = f32x4.add(sum, d);
    square = madd(d, d, square);
  }
  v128.store(sums, sum);
  v128.store(squares, square);
}

/**
 * Moments of `rows` rows: for each channel its mean and its sum of squared differences from that mean, as float64
 * [2, C]. Sums run over x minus the mean of some of the rows, which makes them small: no digits are lost when the mean
 * is large against the deviation. scratch: 3 W floats.
 */
// @ts-ignore: decorator
@inline export function channelMoments(x: usize, rows: usize, C: usize, W: usize, partial: usize, scratch: usize): void {
  const shift = scratch;
  const sums = shift + (W << 2);
  const squares = sums + (W << 2);

  const sample = min<usize>(rows, 64);
  const spacing = rows / sample;
  for (let c: usize = 0; c < C; c++) {
    let sum: f32 = 0;
    for (let i: usize = 0; i < sample; i++) sum += load<f32>(x + ((i * spacing * C + c) << 2));
    store<f32>(sums + (c << 2), sum / <f32>sample);
  }
  spread(sums, C, shift, W);
  memory.fill(sums, 0, W << 3);

  const end = rows * C;
  const groups = end / W;
  addMoments(x, groups, W, shift, sums, squares);
  const start = groups * W;
  for (let i: usize = 0; start + i < end; i++) {
    const d = load<f32>(x + ((start + i) << 2)) - load<f32>(shift + (i << 2));
    store<f32>(sums + (i << 2), load<f32>(sums + (i << 2)) + d);
    store<f32>(squares + (i << 2), load<f32>(squares + (i << 2)) + d * d);
  }

  for (let c: usize = 0; c < C; c++) {
    const sum = folded(sums, c, C, W);
    store<f64>(partial + (c << 3), <f64>load<f32>(shift + (c << 2)) + sum / <f64>rows);
    store<f64>(partial + ((C + c) << 3), folded(squares, c, C, W) - (sum * sum) / <f64>rows);
  }
}

/** y = act((x - mean) * scale + beta + residual) for `end` numbers in rows of W; mean, scale and beta are W numbers each. */
// @ts-ignore: decorator
@inline export function affineRows(
  adding: bool,
  rectify: bool,
  x: usize,
  y: usize,
  residual: usize,
  end: usize,
  W: usize,
  mean: usize,
  scale: usize,
  beta: usize,
): void {
  for (let start: usize = 0; start < end; start += W) {
    const width = min(W, end - start);
    for (let i: usize = 0; i < width; i += 4) {
      const place = (start + i) << 2;
      const centered = f32x4.sub(v128.load(x + place), v128.load(mean + (i << 2)));
      let z = madd(centered, v128.load(scale + (i << 2)), v128.load(beta + (i << 2)));
      if (adding) z = f32x4.add(z, v128.load(residual + place));
      if (rectify) z = relu(z);
      storeLanes(y + place, z, width - i);
    }
  }
}
