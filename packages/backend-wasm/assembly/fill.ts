import { storeLanes } from './lanes';
import { floatArgument, intArgument, pointerArgument } from './simd';

// @ts-ignore: decorator
@inline function fillWith(value: v128, args: usize, item: i32): void {
  const y = pointerArgument(args, 0);
  const first = <usize>(item * intArgument(args, 2));
  const last = min(first + <usize>intArgument(args, 2), <usize>intArgument(args, 1));
  for (let i = first; i < last; i += 4) storeLanes(y + (i << 2), value, last - i);
}

/** y[i] = value. args: y, length, itemLength, value */
export function fillFloat(args: usize, item: i32, scratch: usize): void {
  fillWith(f32x4.splat(floatArgument(args, 3)), args, item);
}
export function fillInt(args: usize, item: i32, scratch: usize): void {
  fillWith(i32x4.splat(intArgument(args, 3)), args, item);
}
export function fillByte(args: usize, item: i32, scratch: usize): void {
  const first = item * intArgument(args, 2);
  const last = min(first + intArgument(args, 2), intArgument(args, 1));
  memory.fill(pointerArgument(args, 0) + first, <u8>intArgument(args, 3), last - first);
}

/** y[i] = x[0] * factor. args: y, length, itemLength, x, factor */
export function fillFrom(args: usize, item: i32, scratch: usize): void {
  fillWith(f32x4.splat(load<f32>(pointerArgument(args, 3)) * floatArgument(args, 4)), args, item);
}
