/** The pointer to a row of an image, or to zeros where the row is outside. */
// @ts-ignore: decorator
@inline export function rowPointer(row: i32, height: i32, pointer: usize, zeros: usize): usize {
  return <u32>row < <u32>height ? pointer : zeros;
}

/** What counts of a gradient where `mask` is the output of a ReLU. */
// @ts-ignore: decorator
@inline export function loadMasked(p: usize, mask: usize): v128 {
  return v128.and(v128.load(p), f32x4.gt(v128.load(mask), f32x4.splat(0)));
}
