import { intArgument, pointerArgument } from './simd';

/** Rows of x by index; a row of zeros where the index is out of range. args: x, indices, y, batch, outer, size, count, rowBytes, rowsPerItem */
export function gather(args: usize, item: i32, scratch: usize): void {
  const outer = intArgument(args, 4);
  const size = intArgument(args, 5);
  const count = intArgument(args, 6);
  const rowBytes = pointerArgument(args, 7);
  const first = item * intArgument(args, 8);
  const last = min(first + intArgument(args, 8), intArgument(args, 3) * outer * count);
  for (let row = first; row < last; row++) {
    const place = row / count; // batch * outer
    const index = load<i32>(pointerArgument(args, 1) + (<usize>((place / outer) * count + row - place * count) << 2));
    const y = pointerArgument(args, 2) + <usize>row * rowBytes;
    if (<u32>index < <u32>size) memory.copy(y, pointerArgument(args, 0) + <usize>(place * size + index) * rowBytes, rowBytes);
    else memory.fill(y, 0, rowBytes);
  }
}

/** y = condition ? t : e. args: condition (bytes), t, e, y, length, itemLength, bytes of an element */
export function select(args: usize, item: i32, scratch: usize): void {
  if (intArgument(args, 6) == 4) choose<u32>(args, item);
  else choose<u8>(args, item);
}

// @ts-ignore: decorator
@inline function choose<T>(args: usize, item: i32): void {
  const condition = pointerArgument(args, 0);
  const t = pointerArgument(args, 1);
  const e = pointerArgument(args, 2);
  const y = pointerArgument(args, 3);
  const first = <usize>(item * intArgument(args, 5));
  const last = min(first + <usize>intArgument(args, 5), <usize>intArgument(args, 4));
  for (let i = first; i < last; i++) {
    const offset = i * sizeof<T>();
    store<T>(y + offset, load<T>((load<u8>(condition + i) == 1 ? t : e) + offset));
  }
}

/** y[i, indices[i]] = onValue, elsewhere offValue. args: indices, y, count, depth, onValue, offValue, type (0 f32, 1 i32, 2 u8), rowsPerItem */
export function oneHot(args: usize, item: i32, scratch: usize): void {
  const type = intArgument(args, 6);
  if (type == 0) mark<f32>(args, item);
  else if (type == 1) mark<i32>(args, item);
  else mark<u8>(args, item);
}

// @ts-ignore: decorator
@inline function mark<T>(args: usize, item: i32): void {
  const depth = intArgument(args, 3);
  const onValue = <T>load<f64>(args + 32);
  const offValue = <T>load<f64>(args + 40);
  const first = item * intArgument(args, 7);
  const last = min(first + intArgument(args, 7), intArgument(args, 2));
  for (let i = first; i < last; i++) {
    const index = load<i32>(pointerArgument(args, 0) + (<usize>i << 2));
    const y = pointerArgument(args, 1) + <usize>(i * depth) * sizeof<T>();
    for (let j = 0; j < depth; j++) store<T>(y + <usize>j * sizeof<T>(), j == index ? onValue : offValue);
  }
}
