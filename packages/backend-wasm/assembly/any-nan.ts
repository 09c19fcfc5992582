import { intArgument, pointerArgument } from './simd';

/**
 * found[item] = 1 if a number of the item is NaN, else 0. Items are counted from the end of x, and read backwards: what was
 * written last is still in a cache, and what is read last will be there for whoever begins at the beginning.
 * args: x, found, length, itemLength
 */
export function anyNaN(args: usize, item: i32, scratch: usize): void {
  const start = pointerArgument(args, 0);
  const bytes = <usize>intArgument(args, 3) << 2;
  let x = start + (<usize>intArgument(args, 2) << 2) - <usize>item * bytes;
  const first = x - start > bytes ? x - bytes : start;
  let a = i32x4.splat(0);
  let b = a;
  for (; x - first >= 32; x -= 32) {
    const p = v128.load(x - 32);
    const q = v128.load(x - 16);
    a = v128.or(a, f32x4.ne(p, p));
    b = v128.or(b, f32x4.ne(q, q));
  }
  let found = v128.any_true(v128.or(a, b));
  for (; x > first; x -= 4) {
    const value = load<f32>(x - 4);
    if (value != value) found = true;
  }
  store<f32>(pointerArgument(args, 1) + (<usize>item << 2), f32(found));
}
