import { storeLanes } from './lanes';
import { intArgument, pointerArgument } from './simd';

// @ts-ignore: decorator
@inline function add<T>(args: usize, item: i32): void {
  const y = pointerArgument(args, 0);
  const x = pointerArgument(args, 4);
  const count = intArgument(args, 3);
  const first = <usize>(item * intArgument(args, 2));
  const last = min(first + <usize>intArgument(args, 2), <usize>intArgument(args, 1));
  for (let i = first; i < last; i += 4) {
    let sum = v128.load(x + (i << 2));
    for (let k = 1; k < count; k++) sum = v128.add<T>(sum, v128.load(pointerArgument(args, 4 + k) + (i << 2)));
    storeLanes(y + (i << 2), sum, last - i);
  }
}

/** y = x0 + x1 + .. in this order. args: y, length, itemLength, count, addresses.. */
export function addFloats(args: usize, item: i32, scratch: usize): void {
  add<f32>(args, item);
}
export function addInts(args: usize, item: i32, scratch: usize): void {
  add<i32>(args, item);
}
