import { intArgument, pointerArgument } from './simd';

// @ts-ignore: decorator
@inline function convert<From, To>(x: From): To {
  if (!isFloat<From>()) return <To>x;
  // What Int32Array.from makes of it: truncated, modulo 2^32; NaN and infinities are 0.
  return Math.abs(<f64>x) < 9.2233720368547758e18 ? <To>(<i64>x) : <To>0;
}

// @ts-ignore: decorator
@inline function cast<From, To>(toBool: bool, args: usize, item: i32): void {
  const first = <usize>(item * intArgument(args, 3));
  const last = min(first + <usize>intArgument(args, 3), <usize>intArgument(args, 2));
  const x = pointerArgument(args, 0);
  const y = pointerArgument(args, 1);
  for (let i = first; i < last; i++) {
    const value = load<From>(x + i * sizeof<From>());
    store<To>(y + i * sizeof<To>(), toBool ? <To>(value != 0) : convert<From, To>(value));
  }
}

/** y = x in another type. args: x, y, length, itemLength */
export function intToFloat(args: usize, item: i32, scratch: usize): void {
  cast<i32, f32>(false, args, item);
}
export function floatToInt(args: usize, item: i32, scratch: usize): void {
  cast<f32, i32>(false, args, item);
}
export function boolToFloat(args: usize, item: i32, scratch: usize): void {
  cast<u8, f32>(false, args, item);
}
export function boolToInt(args: usize, item: i32, scratch: usize): void {
  cast<u8, i32>(false, args, item);
}
export function floatToBool(args: usize, item: i32, scratch: usize): void {
  cast<f32, u8>(true, args, item);
}
export function intToBool(args: usize, item: i32, scratch: usize): void {
  cast<i32, u8>(true, args, item);
}
