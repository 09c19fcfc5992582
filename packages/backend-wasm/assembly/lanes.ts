// Loads may read up to 32 bytes beyond a tensor's end, stores may not: the last, partial vector is stored lane by lane.

/** Stores the first `count` lanes; 4 or more: all. */
// @ts-ignore: decorator
@inline export function storeLanes(pointer: usize, value: v128, count: usize): void {
  if (count >= 4) v128.store(pointer, value);
  else storeFewLanes(pointer, value, count);
}

function storeFewLanes(pointer: usize, value: v128, count: usize): void {
  if (count > 0) v128.store_lane<f32>(pointer, value, 0);
  if (count > 1) v128.store_lane<f32>(pointer, value, 1, 4);
  if (count > 2) v128.store_lane<f32>(pointer, value, 2, 8);
}

/** max(x, 0) in one instruction; NaN stays NaN. */
// @ts-ignore: decorator
@inline export function relu(x: v128): v128 {
  return f32x4.pmax(x, f32x4.splat(0));
}

/** Sum of the four lanes. */
// @ts-ignore: decorator
@inline export function sumOfLanes(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** The first `count` lanes; the others become `other`. */
// @ts-ignore: decorator
@inline export function firstLanes(x: v128, count: usize, other: v128): v128 {
  return count >= 4 ? x : v128.bitselect(x, other, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(<i32>count)));
}
