import { intArgument, pointerArgument } from './simd';

// Reductions of x [outer, size, inner] over its middle axis, in float64: sums are as good as exact, and int32 is exact.
// kind: 0 sum, 1 product, 2 maximum, 3 minimum.

/** Two neighbouring elements as float64; may read one beyond. */
// @ts-ignore: decorator
@inline function pair<T>(pointer: usize): v128 {
  if (sizeof<T>() == 8) return v128.load(pointer);
  if (isFloat<T>()) return f64x2.promote_low_f32x4(v128.load64_zero(pointer));
  if (sizeof<T>() == 4) return f64x2.convert_low_i32x4_s(v128.load64_zero(pointer));
  return f64x2.replace_lane(f64x2.splat(<f64>load<u8>(pointer)), 1, <f64>load<u8>(pointer, 1));
}

// @ts-ignore: decorator
@inline function combine(kind: i32, a: v128, b: v128): v128 {
  if (kind == 0) return f64x2.add(a, b);
  if (kind == 1) return f64x2.mul(a, b);
  return kind == 2 ? f64x2.max(a, b) : f64x2.min(a, b);
}

// @ts-ignore: decorator
@inline function neutral(kind: i32): f64 {
  return kind == 0 ? 0 : kind == 1 ? 1 : kind == 2 ? -Infinity : Infinity;
}

/** Reduces `length` neighbouring elements. */
// @ts-ignore: decorator
@inline function reduceRow<T>(kind: i32, x: usize, length: usize): f64 {
  let a = f64x2.splat(neutral(kind));
  let b = a;
  let c = a;
  let d = a;
  let i: usize = 0;
  for (; i + 8 <= length; i += 8) {
    a = combine(kind, a, pair<T>(x));
    b = combine(kind, b, pair<T>(x + 2 * sizeof<T>()));
    c = combine(kind, c, pair<T>(x + 4 * sizeof<T>()));
    d = combine(kind, d, pair<T>(x + 6 * sizeof<T>()));
    x += 8 * sizeof<T>();
  }
  for (; i < length; i++) {
    a = combine(kind, a, f64x2.replace_lane(f64x2.splat(neutral(kind)), 0, <f64>load<T>(x)));
    x += sizeof<T>();
  }
  a = combine(kind, combine(kind, a, b), combine(kind, c, d));
  return f64x2.extract_lane(combine(kind, a, f64x2.splat(f64x2.extract_lane(a, 1))), 0);
}

/** Reduces `length` rows of `width` elements, `rowBytes` apart, into `sums`. */
// @ts-ignore: decorator
@inline function reduceColumns<T>(kind: i32, x: usize, rowBytes: usize, length: usize, width: usize, sums: usize): void {
  for (let j: usize = 0; j < width; j += 2) v128.store(sums + (j << 3), f64x2.splat(neutral(kind)));
  for (let i: usize = 0; i < length; i++) {
    for (let j: usize = 0; j < width; j += 2) {
      const sum = sums + (j << 3);
      v128.store(sum, combine(kind, v128.load(sum), pair<T>(x + j * sizeof<T>())));
    }
    x += rowBytes;
  }
}

// args: x, partials (f64 [outer, chunks, inner]), outer, size, inner, kind, chunkSize, columns (of a block), unitsPerItem
// A unit is one block of columns of one chunk.
// @ts-ignore: decorator
@inline function reduce<T>(kind: i32, args: usize, item: i32, scratch: usize): void {
  const x = pointerArgument(args, 0);
  const partials = pointerArgument(args, 1);
  const outer = <usize>intArgument(args, 2);
  const size = <usize>intArgument(args, 3);
  const inner = <usize>intArgument(args, 4);
  const chunkSize = <usize>intArgument(args, 6);
  const columns = <usize>intArgument(args, 7);
  const unitsPerItem = <usize>intArgument(args, 8);
  const chunks = (size + chunkSize - 1) / chunkSize;
  const blocks = (inner + columns - 1) / columns;
  const firstUnit = <usize>item * unitsPerItem;
  const lastUnit = min(firstUnit + unitsPerItem, outer * chunks * blocks);
  for (let unit = firstUnit; unit < lastUnit; unit++) {
    const row = unit / blocks; // of the partials
    const column = (unit - row * blocks) * columns;
    const place = row / chunks;
    const chunk = (row - place * chunks) * chunkSize;
    const length = min(chunkSize, size - chunk);
    const from = x + ((place * size + chunk) * inner + column) * sizeof<T>();
    const to = partials + ((row * inner + column) << 3);
    if (inner == 1) {
      store<f64>(to, reduceRow<T>(kind, from, length));
    } else {
      const width = min(columns, inner - column);
      reduceColumns<T>(kind, from, inner * sizeof<T>(), length, width, scratch);
      memory.copy(to, scratch, width << 3);
    }
  }
}

// @ts-ignore: decorator
@inline function reduceKind<T>(args: usize, item: i32, scratch: usize): void {
  switch (intArgument(args, 5)) {
    case 0: return reduce<T>(0, args, item, scratch);
    case 1: return reduce<T>(1, args, item, scratch);
    case 2: return reduce<T>(2, args, item, scratch);
    default: return reduce<T>(3, args, item, scratch);
  }
}

export function reduceFloat(args: usize, item: i32, scratch: usize): void {
  reduceKind<f32>(args, item, scratch);
}
export function reduceInt(args: usize, item: i32, scratch: usize): void {
  reduceKind<i32>(args, item, scratch);
}
export function reduceByte(args: usize, item: i32, scratch: usize): void {
  reduceKind<u8>(args, item, scratch);
}
export function reduceDouble(args: usize, item: i32, scratch: usize): void {
  reduceKind<f64>(args, item, scratch);
}

/** y[i] = x[i] * factor, from float64 to the output's type. args: x, y, length, itemLength, factor, type (0 f32, 1 i32, 2 u8) */
export function storeReduced(args: usize, item: i32, scratch: usize): void {
  const first = item * intArgument(args, 3);
  const last = min(first + intArgument(args, 3), intArgument(args, 2));
  const factor = load<f64>(args + 32);
  const type = intArgument(args, 5);
  for (let i = <usize>first; i < <usize>last; i++) {
    const value = load<f64>(pointerArgument(args, 0) + (i << 3)) * factor;
    const y = pointerArgument(args, 1);
    if (type == 0) store<f32>(y + (i << 2), <f32>value);
    // i64 first: the low 32 bits, as JavaScript stores into an Int32Array.
    else if (type == 1) store<i32>(y + (i << 2), value - value == 0 ? <i32>(<i64>value) : 0);
    else store<u8>(y + i, u8(value != 0));
  }
}
