import { floatArgument, intArgument, pointerArgument } from './simd';

/**
 * found[item] = 1 if a number of the item is NaN or less than `least`, else 0. Items are counted from the end of x, and read backwards: what was
 * written last is still in a cache, and what is read last will be there for whoever begins at the beginning.
 * args: x, found, length, itemLength, least
 */
export function anyBelow(args: usize, item: i32, scratch: usize): void {
  const start = pointerArgument(args, 0);
  const bytes = <usize>intArgument(args, 3) << 2;
  let x = start + (<usize>intArgument(args, 2) << 2) - <usize>item * bytes;
  const first = x - start > bytes ? x - bytes : start;
  const least = floatArgument(args, 4);
  const bound = f32x4.splat(least);
  // NaN is at least nothing.
  let a = i32x4.splat(-1);
  let b = a;
  for (; x - first >= 32; x -= 32) {
    const p = v128.load(x - 32);
    const q = v128.load(x - 16);
    a = v128.and(a, f32x4.ge(p, bound));
    b = v128.and(b, f32x4.ge(q, bound));
  }
  let found = !i32x4.all_true(v128.and(a, b));
  for (; x > first; x -= 4) {
    const value = load<f32>(x - 4);
    if (!(value >= least)) found = true;
  }
  store<f32>(pointerArgument(args, 1) + (<usize>item << 2), f32(found));
}
