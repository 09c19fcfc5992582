import { intArgument, madd, pointerArgument } from './simd';

/**
 * Partial products of a few rows: sums[item][m][n] = sum over the item's k of a[m][k] * b[k][n]. b is read once, in
 * order, four rows at a time; rows of sums are padded to whole vectors. args: a, b, sums, rows, depth, columns,
 * depth of an item
 */
export function multiplyFewRows(args: usize, item: i32, scratch: usize): void {
  const rows = intArgument(args, 3);
  const depth = intArgument(args, 4);
  const columns = intArgument(args, 5);
  const depthOfItem = intArgument(args, 6);
  const sumsRow = (<usize>columns * 4 + 15) & ~15;
  const bRow = <usize>columns << 2;
  const first = item * depthOfItem;
  const end = min(depth, first + depthOfItem);
  const a = pointerArgument(args, 0);
  const sums = pointerArgument(args, 2) + <usize>(item * rows) * sumsRow;
  memory.fill(sums, 0, <usize>rows * sumsRow);

  let b = pointerArgument(args, 1) + <usize>first * bRow;
  let k = first;
  for (; k + 4 <= end; k += 4, b += bRow << 2) {
    for (let m = 0; m < rows; m++) {
      const from = a + (<usize>(m * depth + k) << 2);
      const x0 = v128.load32_splat(from);
      const x1 = v128.load32_splat(from, 4);
      const x2 = v128.load32_splat(from, 8);
      const x3 = v128.load32_splat(from, 12);
      let p0 = b, p1 = b + bRow, p2 = p1 + bRow, p3 = p2 + bRow;
      let sum = sums + <usize>m * sumsRow;
      for (const last = sum + sumsRow; sum != last; sum += 16, p0 += 16, p1 += 16, p2 += 16, p3 += 16) {
        const two = madd(x1, v128.load(p1), madd(x0, v128.load(p0), v128.load(sum)));
        v128.store(sum, madd(x3, v128.load(p3), madd(x2, v128.load(p2), two)));
      }
    }
  }
  for (; k < end; k++, b += bRow) {
    for (let m = 0; m < rows; m++) {
      const x = v128.load32_splat(a + (<usize>(m * depth + k) << 2));
      let sum = sums + <usize>m * sumsRow;
      let p = b;
      for (const last = sum + sumsRow; sum != last; sum += 16, p += 16) {
        v128.store(sum, madd(x, v128.load(p), v128.load(sum)));
      }
    }
  }
}

/**
 * One row of y = act(bias + the items' sums, added in order).
 * args: sums, bias (0: none), y, items, rows, columns, relu
 */
export function addFewRows(args: usize, item: i32, scratch: usize): void {
  const bias = pointerArgument(args, 1);
  const items = intArgument(args, 3);
  const rows = intArgument(args, 4);
  const columns = intArgument(args, 5);
  const relu = intArgument(args, 6);
  const sumsRow = (<usize>columns * 4 + 15) & ~15;
  const sums = pointerArgument(args, 0) + <usize>item * sumsRow;
  const y = pointerArgument(args, 2) + (<usize>(item * columns) << 2);
  const zero = f32x4.splat(0);
  for (let n = 0; n < columns; n += 4) {
    const at = <usize>n << 2;
    let sum = bias ? v128.load(bias + at) : zero;
    let from = sums + at;
    for (let i = 0; i < items; i++, from += <usize>rows * sumsRow) sum = f32x4.add(sum, v128.load(from));
    if (relu) sum = f32x4.pmax(sum, zero);
    if (n + 4 <= columns) {
      v128.store(y + at, sum);
      continue;
    }
    for (let i = n; i < columns; i++) {
      f32.store(y + (<usize>i << 2), f32x4.extract_lane(sum, 0));
      sum = v128.shuffle<f32>(sum, sum, 1, 2, 3, 0);
    }
  }
}
