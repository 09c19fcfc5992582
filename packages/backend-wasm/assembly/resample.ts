import { storeLanes } from './lanes';
import { floatArgument, intArgument, madd, pointerArgument } from './simd';

/**
 * Along one axis, every new place is a weighted sum of neighbouring old ones: y[o, i, :] = sum of
 * weight[i, k] x[o, first[i] + k, :]. Items are rows (o, i), rowsPerItem at a time.
 * args: x, y, outer, old size, new size, inner, rowsPerItem, most taps, then for each new place: first, count and the
 * weights (as many words as there are taps at most)
 */
export function resample(args: usize, item: i32, scratch: usize): void {
  const oldSize = intArgument(args, 3);
  const newSize = intArgument(args, 4);
  const inner = <usize>intArgument(args, 5);
  const words = intArgument(args, 7) + 2;
  const begin = item * intArgument(args, 6);
  const end = min(begin + intArgument(args, 6), intArgument(args, 2) * newSize);
  for (let row = begin; row < end; row++) {
    const o = row / newSize;
    const record = 8 + (row - o * newSize) * words;
    const count = intArgument(args, record + 1);
    const x = pointerArgument(args, 0) + (<usize>(o * oldSize + intArgument(args, record)) * inner << 2);
    const y = pointerArgument(args, 1) + (<usize>row * inner << 2);
    if (count == 1 && floatArgument(args, record + 2) == 1) {
      memory.copy(y, x, inner << 2);
      continue;
    }
    if (count == 2) {
      const first = f32x4.splat(floatArgument(args, record + 2));
      const second = f32x4.splat(floatArgument(args, record + 3));
      for (let j: usize = 0; j < inner; j += 4) {
        const near = f32x4.mul(first, v128.load(x + (j << 2)));
        storeLanes(y + (j << 2), madd(second, v128.load(x + ((inner + j) << 2)), near), inner - j);
      }
      continue;
    }
    for (let j: usize = 0; j < inner; j += 4) {
      let sum = f32x4.splat(0);
      for (let k = 0; k < count; k++) {
        const value = v128.load(x + ((<usize>k * inner + j) << 2));
        sum = madd(f32x4.splat(floatArgument(args, record + 2 + k)), value, sum);
      }
      storeLanes(y + (j << 2), sum, inner - j);
    }
  }
}
