import { storeLanes } from './lanes';
import { floatArgument, intArgument, pointerArgument } from './simd';

/** partials[item] = l1 * sum |x| + l2 * sum x^2 of an item, in float64. args: x, partials, length, itemLength, l1, l2 */
export function penalty(args: usize, item: i32, scratch: usize): void {
  const x = pointerArgument(args, 0);
  const first = <usize>(item * intArgument(args, 3));
  const last = min(first + <usize>intArgument(args, 3), <usize>intArgument(args, 2));
  let magnitudes = f64x2.splat(0);
  let squares = f64x2.splat(0);
  let moreMagnitudes = magnitudes;
  let moreSquares = squares;
  let i = first;
  for (; i + 4 <= last; i += 4) {
    const values = v128.load(x + (i << 2));
    const low = f64x2.promote_low_f32x4(values);
    const high = f64x2.promote_low_f32x4(v128.shuffle<i64>(values, values, 1, 0));
    magnitudes = f64x2.add(magnitudes, f64x2.abs(low));
    moreMagnitudes = f64x2.add(moreMagnitudes, f64x2.abs(high));
    squares = f64x2.add(squares, f64x2.mul(low, low));
    moreSquares = f64x2.add(moreSquares, f64x2.mul(high, high));
  }
  magnitudes = f64x2.add(magnitudes, moreMagnitudes);
  squares = f64x2.add(squares, moreSquares);
  let sum = f64x2.extract_lane(magnitudes, 0) + f64x2.extract_lane(magnitudes, 1);
  let squareSum = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  for (; i < last; i++) {
    const value = <f64>load<f32>(x + (i << 2));
    sum += abs(value);
    squareSum += value * value;
  }
  const total = load<f64>(args + 32) * sum + load<f64>(args + 40) * squareSum;
  store<f64>(pointerArgument(args, 1) + (<usize>item << 3), total);
}

/** dx = dy * (l1 * sign(x) + twice * x), dy a scalar. args: dx, x, dy, length, itemLength, l1, twice (2 l2) */
export function penaltyGradient(args: usize, item: i32, scratch: usize): void {
  const dx = pointerArgument(args, 0);
  const x = pointerArgument(args, 1);
  const dy = load<f32>(pointerArgument(args, 2));
  const first = <usize>(item * intArgument(args, 4));
  const last = min(first + <usize>intArgument(args, 4), <usize>intArgument(args, 3));
  const l1 = f32x4.splat(dy * floatArgument(args, 5));
  const twice = f32x4.splat(dy * floatArgument(args, 6));
  const zero = f32x4.splat(0);
  const signBit = i32x4.splat(0x80000000);
  for (let i = first; i < last; i += 4) {
    const values = v128.load(x + (i << 2));
    const signed = v128.xor(l1, v128.and(values, signBit));
    const slope = v128.and(signed, f32x4.ne(values, zero));
    storeLanes(dx + (i << 2), f32x4.add(slope, f32x4.mul(values, twice)), last - i);
  }
}
