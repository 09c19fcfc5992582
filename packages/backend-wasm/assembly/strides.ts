import { intArgument } from './simd';

// A tensor walked along other axes than its own: an offset for every place of the output, from strides that may be
// zero (broadcast), negative (reversed) or in any order (transposed). Shapes and strides are argument words.

/** Offset in elements of row `row`, a row running along the innermost of `rank` axes. */
// @ts-ignore: decorator
@inline export function rowOffset(row: i32, args: usize, shape: i32, strides: i32, rank: i32): i32 {
  let offset = 0;
  let rest = row;
  for (let axis = rank - 2; axis > 0; axis--) {
    const size = intArgument(args, shape + axis);
    const next = rest / size;
    offset += (rest - next * size) * intArgument(args, strides + axis);
    rest = next;
  }
  return rank > 1 ? offset + rest * intArgument(args, strides) : 0;
}
