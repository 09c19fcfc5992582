import { intArgument, pointerArgument } from './simd';
import { rowOffset } from './strides';

// @ts-ignore: decorator
@inline function copyRow<T>(source: usize, sourceStep: i32, target: usize, targetStep: i32, count: i32): void {
  if (sourceStep == 1 && targetStep == 1) {
    memory.copy(target, source, <usize>count * sizeof<T>());
    return;
  }
  const sourceBytes = sourceStep * sizeof<T>();
  const targetBytes = targetStep * sizeof<T>();
  for (let i = 0; i < count; i++) {
    store<T>(target, load<T>(source));
    source += sourceBytes;
    target += targetBytes;
  }
}

// @ts-ignore: decorator
@inline function copy<T>(args: usize, item: i32): void {
  const length = intArgument(args, 2);
  const itemLength = intArgument(args, 3);
  const rank = intArgument(args, 4);
  const sourceStrides = 5 + rank;
  const targetStrides = sourceStrides + rank;
  const rowLength = intArgument(args, 4 + rank);
  const sourceStep = intArgument(args, sourceStrides + rank - 1);
  const targetStep = intArgument(args, targetStrides + rank - 1);
  let place = item * itemLength;
  const end = min(place + itemLength, length);
  while (place < end) {
    const row = place / rowLength;
    const column = place - row * rowLength;
    const count = min(rowLength - column, end - place);
    const from = rowOffset(row, args, 5, sourceStrides, rank) + column * sourceStep;
    const to = rowOffset(row, args, 5, targetStrides, rank) + column * targetStep;
    copyRow<T>(
      pointerArgument(args, 0) + <usize>from * sizeof<T>(), sourceStep,
      pointerArgument(args, 1) + <usize>to * sizeof<T>(), targetStep, count,
    );
    place += count;
  }
}

/**
 * Copies a box of places, source and target each walked by strides of their own: slices, padding, concatenation,
 * tiling, reversal and transposition. args: source, target, length, itemLength, rank, shape.., source strides..,
 * target strides..
 */
export function copyWords(args: usize, item: i32, scratch: usize): void {
  copy<u32>(args, item);
}
export function copyBytes(args: usize, item: i32, scratch: usize): void {
  copy<u8>(args, item);
}
