import { intArgument, pointerArgument } from './simd';

/**
 * target[matrix][j][i] = source[matrix][i][j]; an item is a band of columns of one matrix.
 * args: source, target, rows, columns, columns of a band
 */
export function transposeMatrices(args: usize, item: i32, scratch: usize): void {
  const rows = intArgument(args, 2);
  const columns = intArgument(args, 3);
  const columnsOfBand = intArgument(args, 4);
  const bands = (columns + columnsOfBand - 1) / columnsOfBand;
  const matrix = <usize>(item / bands) * <usize>(rows * columns);
  const source = pointerArgument(args, 0) + (matrix << 2);
  const target = pointerArgument(args, 1) + (matrix << 2);
  const first = (item % bands) * columnsOfBand;
  const end = min(columns, first + columnsOfBand);
  const sourceRow = <usize>columns << 2;
  const targetRow = <usize>rows << 2;

  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    let from = source + <usize>i * sourceRow + (<usize>first << 2);
    let to = target + <usize>first * targetRow + (<usize>i << 2);
    let j = first;
    for (; j + 4 <= end; j += 4, from += 16) {
      const a = v128.load(from);
      const b = v128.load(from + sourceRow);
      const c = v128.load(from + sourceRow * 2);
      const d = v128.load(from + sourceRow * 3);
      const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
      to += targetRow;
      v128.store(to, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
      to += targetRow;
      v128.store(to, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5));
      to += targetRow;
      v128.store(to, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7));
      to += targetRow;
    }
    for (; j < end; j++, from += 4, to += targetRow) {
      f32.store(to, f32.load(from));
      f32.store(to, f32.load(from + sourceRow), 4);
      f32.store(to, f32.load(from + sourceRow * 2), 8);
      f32.store(to, f32.load(from + sourceRow * 3), 12);
    }
  }
  for (; i < rows; i++) {
    let from = source + <usize>i * sourceRow + (<usize>first << 2);
    let to = target + <usize>first * targetRow + (<usize>i << 2);
    for (let j = first; j < end; j++, from += 4, to += targetRow) f32.store(to, f32.load(from));
  }
}
