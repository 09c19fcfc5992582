import { storeLanes } from './lanes';
import { floatArgument, intArgument, madd, pointerArgument } from './simd';

/** y = average * momentum + value * weight. args: average, value, y, length, itemLength, momentum, weight */
export function movingAverage(args: usize, item: i32, scratch: usize): void {
  const itemLength = <usize>intArgument(args, 4);
  const first = <usize>item * itemLength;
  const last = min(first + itemLength, <usize>intArgument(args, 3));
  const momentum = f32x4.splat(floatArgument(args, 5));
  const weight = f32x4.splat(floatArgument(args, 6));
  for (let i = first; i < last; i += 4) {
    const kept = f32x4.mul(v128.load(pointerArgument(args, 0) + (i << 2)), momentum);
    const y = madd(v128.load(pointerArgument(args, 1) + (i << 2)), weight, kept);
    storeLanes(pointerArgument(args, 2) + (i << 2), y, last - i);
  }
}
