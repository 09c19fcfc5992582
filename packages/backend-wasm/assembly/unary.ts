import { relu, storeLanes } from './lanes';
import { exp, exponentialMinusOne, log, sigmoid, tanh } from './math';
import { floatArgument, intArgument, pointerArgument } from './simd';

// The numbers of src/kernels/unary.ts, which says what each computes.

// @ts-ignore: decorator
@inline function apply(kind: i32, x: v128, low: v128, high: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  if (kind == 0) return f32x4.neg(x);
  if (kind == 1) return f32x4.abs(x);
  if (kind == 2) return f32x4.mul(x, x);
  if (kind == 3) return relu(x);
  if (kind == 4) return f32x4.pmin(relu(x), f32x4.splat(6));
  // Greater than 0: 1; NaN: itself; else `low`.
  if (kind == 5) return v128.bitselect(one, v128.bitselect(low, x, f32x4.eq(x, x)), f32x4.gt(x, zero));
  if (kind == 6) return f32x4.sub(v128.and(f32x4.gt(x, zero), one), v128.and(f32x4.lt(x, zero), one));
  if (kind == 7) return f32x4.pmin(f32x4.pmax(x, low), high);
  if (kind == 8) return v128.bitselect(f32x4.mul(x, low), x, f32x4.lt(x, zero));
  if (kind == 9) return exp(x);
  if (kind == 10) return log(x);
  if (kind == 11) return f32x4.sqrt(x);
  if (kind == 12) return f32x4.div(one, f32x4.sqrt(x));
  if (kind == 13) return sigmoid(x);
  if (kind == 14) return tanh(x);
  if (kind == 15) return v128.bitselect(x, exponentialMinusOne(x), f32x4.ge(x, zero));
  if (kind == 16) return f32x4.floor(x);
  if (kind == 17) return f32x4.ceil(x);
  return f32x4.nearest(x);
}

// @ts-ignore: decorator
@inline function each(kind: i32, args: usize, item: i32): void {
  const itemLength = <usize>intArgument(args, 3);
  const first = <usize>item * itemLength;
  const x = pointerArgument(args, 0) + (first << 2);
  const y = pointerArgument(args, 1) + (first << 2);
  const length = min(itemLength, <usize>intArgument(args, 2) - first);
  const low = f32x4.splat(floatArgument(args, 5));
  const high = f32x4.splat(floatArgument(args, 6));
  for (let i: usize = 0; i < length; i += 4) {
    storeLanes(y + (i << 2), apply(kind, v128.load(x + (i << 2)), low, high), length - i);
  }
}

/** y[i] = f(x[i]) for float32. args: x, y, length, itemLength, kind, low, high */
export function unary(args: usize, item: i32, scratch: usize): void {
  switch (intArgument(args, 4)) {
    case 0: return each(0, args, item);
    case 1: return each(1, args, item);
    case 2: return each(2, args, item);
    case 3: return each(3, args, item);
    case 4: return each(4, args, item);
    case 5: return each(5, args, item);
    case 6: return each(6, args, item);
    case 7: return each(7, args, item);
    case 8: return each(8, args, item);
    case 9: return each(9, args, item);
    case 10: return each(10, args, item);
    case 11: return each(11, args, item);
    case 12: return each(12, args, item);
    case 13: return each(13, args, item);
    case 14: return each(14, args, item);
    case 15: return each(15, args, item);
    case 16: return each(16, args, item);
    case 17: return each(17, args, item);
    default: return each(18, args, item);
  }
}

/** y[i] = f(x[i]) for int32, kinds 0 to 7. args as of `unary` */
export function unaryInt(args: usize, item: i32, scratch: usize): void {
  const itemLength = intArgument(args, 3);
  const first = item * itemLength;
  const last = min(intArgument(args, 2), first + itemLength);
  const kind = intArgument(args, 4);
  const low = intArgument(args, 5);
  const high = intArgument(args, 6);
  const x = pointerArgument(args, 0);
  const y = pointerArgument(args, 1);
  for (let i = first; i < last; i++) {
    const offset = <usize>i << 2;
    const value = load<i32>(x + offset);
    store<i32>(y + offset, applyInt(kind, value, low, high));
  }
}

// @ts-ignore: decorator
@inline function applyInt(kind: i32, x: i32, low: i32, high: i32): i32 {
  switch (kind) {
    case 0: return -x;
    case 1: return abs(x);
    case 2: return x * x;
    case 3: return max(x, 0);
    case 4: return min(max(x, 0), 6);
    case 5: return x > 0 ? 1 : low;
    case 6: return i32(x > 0) - i32(x < 0);
    default: return x > high ? high : x < low ? low : x;
  }
}
