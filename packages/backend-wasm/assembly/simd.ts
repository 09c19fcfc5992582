// a * b + c: one rounding where relaxed SIMD fuses it, two in the plain build.
// @ts-ignore: decorator
@inline export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

// A kernel's arguments are f64 words: exact for 32-bit addresses, counts and float32 values alike.
// @ts-ignore: decorator
@inline export function pointerArgument(args: usize, index: i32): usize {
  return <usize>load<f64>(args + (<usize>index << 3));
}
// @ts-ignore: decorator
@inline export function intArgument(args: usize, index: i32): i32 {
  return <i32>load<f64>(args + (<usize>index << 3));
}
// @ts-ignore: decorator
@inline export function floatArgument(args: usize, index: i32): f32 {
  return <f32>load<f64>(args + (<usize>index << 3));
}
