import { folded, rowsAtOnce } from './batch-norm-rows';
import { firstLanes } from './lanes';
import { intArgument, pointerArgument } from './simd';

/**
 * Sums of each column over one item's rows of x [rows, C].
 * args: x, partials (f64 [items, C]), rows, C, group, rowsPerItem; scratch W floats
 */
export function columnSums(args: usize, item: i32, scratch: usize): void {
  const C = <usize>intArgument(args, 3);
  const W = C * <usize>intArgument(args, 4);
  const rowsPerItem = <usize>intArgument(args, 5);
  const first = <usize>item * rowsPerItem;
  const count = min(rowsPerItem, <usize>intArgument(args, 2) - first) * C;
  let x = pointerArgument(args, 0) + first * C * 4;
  memory.fill(scratch, 0, W << 2);
  const groups = count / W;
  const atOnce = rowsAtOnce(W);
  const step = W << 2;
  for (let group: usize = 0; group < groups; group += atOnce) {
    const rows = min(atOnce, groups - group);
    let i: usize = 0;
    for (; i + 128 <= step; i += 128) addBlock(x + i, rows, step, scratch + i);
    for (; i < step; i += 16) addVector(x + i, rows, step, scratch + i);
    x += rows * step;
  }
  const left = count - groups * W;
  for (let i: usize = 0; i < left; i += 4) {
    // Beyond the end there may be anything, NaN too.
    const value = firstLanes(v128.load(x + (i << 2)), left - i, f32x4.splat(0));
    v128.store(scratch + (i << 2), f32x4.add(v128.load(scratch + (i << 2)), value));
  }
  const partial = pointerArgument(args, 1) + <usize>item * C * 8;
  for (let c: usize = 0; c < C; c++) store<f64>(partial + (c << 3), folded(scratch, c, C, W));
}

/** Of 32 columns, with their sums in registers. */
function addBlock(x: usize, rows: usize, step: usize, sums: usize): void {
  let a = v128.load(sums);
  let b = v128.load(sums, 16);
  let c = v128.load(sums, 32);
  let d = v128.load(sums, 48);
  let e = v128.load(sums, 64);
  let f = v128.load(sums, 80);
  let g = v128.load(sums, 96);
  let h = v128.load(sums, 112);
  for (let row: usize = 0; row < rows; row++, x += step) {
    a = f32x4.add(a, v128.load(x));
    b = f32x4.add(b, v128.load(x, 16));
    c = f32x4.add(c, v128.load(x, 32));
    d = f32x4.add(d, v128.load(x, 48));
    e = f32x4.add(e, v128.load(x, 64));
    f = f32x4.add(f, v128.load(x, 80));
    g = f32x4.add(g, v128.load(x, 96));
    h = f32x4.add(h, v128.load(x, 112));
  }
  v128.store(sums, a);
  v128.store(sums, b, 16);
  v128.store(sums, c, 32);
  v128.store(sums, d, 48);
  v128.store(sums, e, 64);
  v128.store(sums, f, 80);
  v128.store(sums, g, 96);
  v128.store(sums, h, 112);
}

function addVector(x: usize, rows: usize, step: usize, sums: usize): void {
  let sum = v128.load(sums);
  for (let row: usize = 0; row < rows; row++, x += step) sum = f32x4.add(sum, v128.load(x));
  v128.store(sums, sum);
}

/** Adds up the items' sums. args: partials, y, C, items; an item is 32 columns */
export function columnSumsCombine(args: usize, item: i32, scratch: usize): void {
  const C = <usize>intArgument(args, 2);
  const items = <usize>intArgument(args, 3);
  const first = <usize>item * 32;
  const last = min(first + 32, C);
  for (let c = first; c < last; c++) {
    let sum: f64 = 0;
    for (let i: usize = 0; i < items; i++) sum += load<f64>(pointerArgument(args, 0) + ((i * C + c) << 3));
    store<f32>(pointerArgument(args, 1) + (c << 2), <f32>sum);
  }
}
