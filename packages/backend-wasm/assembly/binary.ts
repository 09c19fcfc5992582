import { storeLanes } from './lanes';
import { power } from './power';
import { intArgument, pointerArgument } from './simd';
import { rowOffset } from './strides';

// The numbers of src/kernels/binary.ts and compare.ts.

// @ts-ignore: decorator
@inline function apply(kind: i32, a: v128, b: v128): v128 {
  if (kind == 0) return f32x4.add(a, b);
  if (kind == 1) return f32x4.sub(a, b);
  if (kind == 2) return f32x4.mul(a, b);
  if (kind == 3) return f32x4.div(a, b);
  if (kind == 4) return f32x4.max(a, b);
  if (kind == 5) return f32x4.min(a, b);
  if (kind == 6) {
    const difference = f32x4.sub(a, b);
    return f32x4.mul(difference, difference);
  }
  let y = f32x4.splat(powerOf(f32x4.extract_lane(a, 0), f32x4.extract_lane(b, 0)));
  y = f32x4.replace_lane(y, 1, powerOf(f32x4.extract_lane(a, 1), f32x4.extract_lane(b, 1)));
  y = f32x4.replace_lane(y, 2, powerOf(f32x4.extract_lane(a, 2), f32x4.extract_lane(b, 2)));
  return f32x4.replace_lane(y, 3, powerOf(f32x4.extract_lane(a, 3), f32x4.extract_lane(b, 3)));
}

// @ts-ignore: decorator
@inline function powerOf(a: f32, b: f32): f32 {
  return <f32>power(<f64>a, <f64>b);
}

// What JavaScript stores into an Int32Array or Uint8Array: the low bits of the truncated number.
// @ts-ignore: decorator
@inline function integer<T>(value: f64): T {
  return value - value == 0 ? <T>(<i64>value) : 0;
}

// @ts-ignore: decorator
@inline function applyInteger<T>(kind: i32, a: T, b: T): T {
  switch (kind) {
    case 0: return <T>(a + b);
    case 1: return <T>(a - b);
    case 2: return <T>(a * b);
    case 3: return integer<T>(<f64>a / <f64>b);
    case 4: return max<T>(a, b);
    case 5: return min<T>(a, b);
    case 6: return <T>((a - b) * (a - b));
    default: return integer<T>(power(<f64>a, <f64>b));
  }
}

// @ts-ignore: decorator
@inline function compare<T>(kind: i32, a: T, b: T): u8 {
  switch (kind) {
    case 0: return u8(a > b);
    case 1: return u8(a >= b);
    case 2: return u8(a < b);
    case 3: return u8(a <= b);
    case 4: return u8(a == b);
    case 5: return u8(a != b);
    case 6: return u8(bool(a) && bool(b));
    default: return u8(bool(a) || bool(b));
  }
}

// A step of 0 repeats one value: it is spread over a vector in `scratch`, and the pointer stays there.
// @ts-ignore: decorator
@inline function vectorRow(kind: i32, a: usize, aStep: usize, b: usize, bStep: usize, y: usize, count: usize, scratch: usize): void {
  if (!aStep) {
    v128.store(scratch, v128.load32_splat(a));
    a = scratch;
  }
  if (!bStep) {
    v128.store(scratch, v128.load32_splat(b), 16);
    b = scratch + 16;
  }
  const aBytes = aStep << 2;
  const bBytes = bStep << 2;
  for (let i: usize = 0; i < count; i += 4) {
    storeLanes(y + (i << 2), apply(kind, v128.load(a), v128.load(b)), count - i);
    a += aBytes << 2;
    b += bBytes << 2;
  }
}

function floatRow(kind: i32, a: usize, aStep: usize, b: usize, bStep: usize, y: usize, count: usize, scratch: usize): void {
  switch (kind) {
    case 0: return vectorRow(0, a, aStep, b, bStep, y, count, scratch);
    case 1: return vectorRow(1, a, aStep, b, bStep, y, count, scratch);
    case 2: return vectorRow(2, a, aStep, b, bStep, y, count, scratch);
    case 3: return vectorRow(3, a, aStep, b, bStep, y, count, scratch);
    case 4: return vectorRow(4, a, aStep, b, bStep, y, count, scratch);
    case 5: return vectorRow(5, a, aStep, b, bStep, y, count, scratch);
    case 6: return vectorRow(6, a, aStep, b, bStep, y, count, scratch);
    default: return vectorRow(7, a, aStep, b, bStep, y, count, scratch);
  }
}

function integerRow<T>(kind: i32, a: usize, aStep: usize, b: usize, bStep: usize, y: usize, count: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const left = load<T>(a + i * aStep * sizeof<T>());
    const right = load<T>(b + i * bStep * sizeof<T>());
    store<T>(y + i * sizeof<T>(), applyInteger<T>(kind, left, right));
  }
}

function compareRow<T>(kind: i32, a: usize, aStep: usize, b: usize, bStep: usize, y: usize, count: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const left = load<T>(a + i * aStep * sizeof<T>());
    const right = load<T>(b + i * bStep * sizeof<T>());
    store<u8>(y + i, compare<T>(kind, left, right));
  }
}

// Walks the places of one item row by row, since a and b move evenly along a row only.
// @ts-ignore: decorator
@inline function rows<T, Result>(comparing: bool, args: usize, item: i32, scratch: usize): void {
  const length = intArgument(args, 3);
  const itemLength = intArgument(args, 4);
  const kind = intArgument(args, 5);
  const rank = intArgument(args, 6);
  const aStrides = 7 + rank;
  const bStrides = aStrides + rank;
  const rowLength = intArgument(args, 6 + rank);
  const aStep = intArgument(args, aStrides + rank - 1);
  const bStep = intArgument(args, bStrides + rank - 1);
  let place = item * itemLength;
  const end = min(place + itemLength, length);
  while (place < end) {
    const row = place / rowLength;
    const column = place - row * rowLength;
    const count = min(rowLength - column, end - place);
    const a = pointerArgument(args, 0) + <usize>(rowOffset(row, args, 7, aStrides, rank) + column * aStep) * sizeof<T>();
    const b = pointerArgument(args, 1) + <usize>(rowOffset(row, args, 7, bStrides, rank) + column * bStep) * sizeof<T>();
    const y = pointerArgument(args, 2) + <usize>place * sizeof<Result>();
    if (comparing) compareRow<T>(kind, a, aStep, b, bStep, y, count);
    else if (isFloat<T>()) floatRow(kind, a, aStep, b, bStep, y, count, scratch);
    else integerRow<T>(kind, a, aStep, b, bStep, y, count);
    place += count;
  }
}

/** y = f(a, b), broadcast. args: a, b, y, length, itemLength, kind, rank, shape.., strides of a.., strides of b.. */
export function binaryFloat(args: usize, item: i32, scratch: usize): void {
  rows<f32, f32>(false, args, item, scratch);
}
export function binaryInt(args: usize, item: i32, scratch: usize): void {
  rows<i32, i32>(false, args, item, scratch);
}
export function binaryByte(args: usize, item: i32, scratch: usize): void {
  rows<u8, u8>(false, args, item, scratch);
}

/** y = whether a and b compare so, one byte each. args as of `binaryFloat` */
export function compareFloat(args: usize, item: i32, scratch: usize): void {
  rows<f32, u8>(true, args, item, scratch);
}
export function compareInt(args: usize, item: i32, scratch: usize): void {
  rows<i32, u8>(true, args, item, scratch);
}
export function compareByte(args: usize, item: i32, scratch: usize): void {
  rows<u8, u8>(true, args, item, scratch);
}
