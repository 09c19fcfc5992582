import { intArgument, pointerArgument } from './simd';

// @ts-ignore: decorator
@inline function argument<T>(greatest: bool, args: usize, item: i32): void {
  const size = intArgument(args, 3);
  const inner = intArgument(args, 4);
  const first = item * intArgument(args, 5);
  const last = min(first + intArgument(args, 5), intArgument(args, 2) * inner);
  const stride = <usize>inner * sizeof<T>();
  for (let i = first; i < last; i++) {
    const row = i / inner;
    let x = pointerArgument(args, 0) + <usize>(row * size * inner + i - row * inner) * sizeof<T>();
    let best = load<T>(x);
    let index = 0;
    for (let j = 1; j < size; j++) {
      x += stride;
      const value = load<T>(x);
      if (greatest ? value > best : value < best) {
        best = value;
        index = j;
      }
    }
    store<i32>(pointerArgument(args, 1) + (<usize>i << 2), index);
  }
}

/** Place of the first greatest (or least) element. args: x, y, outer, size, inner, itemLength, greatest */
export function argumentFloat(args: usize, item: i32, scratch: usize): void {
  if (intArgument(args, 6)) argument<f32>(true, args, item);
  else argument<f32>(false, args, item);
}
export function argumentInt(args: usize, item: i32, scratch: usize): void {
  if (intArgument(args, 6)) argument<i32>(true, args, item);
  else argument<i32>(false, args, item);
}
export function argumentByte(args: usize, item: i32, scratch: usize): void {
  if (intArgument(args, 6)) argument<u8>(true, args, item);
  else argument<u8>(false, args, item);
}
