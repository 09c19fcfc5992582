/** Stores eight filters of six pixels, at the byte offsets from `target` in places[6..11]. */
// @ts-ignore: decorator
@inline export function storeTile(
  target: usize, places: usize, relu: i32,
  r00: v128, r01: v128, r10: v128, r11: v128, r20: v128, r21: v128,
  r30: v128, r31: v128, r40: v128, r41: v128, r50: v128, r51: v128,
): void {
  if (relu) {
    // pmax(r, 0) is one instruction and lets NaN through.
    const zero = f32x4.splat(0);
    r00 = f32x4.pmax(r00, zero);
    r01 = f32x4.pmax(r01, zero);
    r10 = f32x4.pmax(r10, zero);
    r11 = f32x4.pmax(r11, zero);
    r20 = f32x4.pmax(r20, zero);
    r21 = f32x4.pmax(r21, zero);
    r30 = f32x4.pmax(r30, zero);
    r31 = f32x4.pmax(r31, zero);
    r40 = f32x4.pmax(r40, zero);
    r41 = f32x4.pmax(r41, zero);
    r50 = f32x4.pmax(r50, zero);
    r51 = f32x4.pmax(r51, zero);
  }
  let y = target + load<u32>(places, 24);
  v128.store(y, r00);
  v128.store(y, r01, 16);
  y = target + load<u32>(places, 28);
  v128.store(y, r10);
  v128.store(y, r11, 16);
  y = target + load<u32>(places, 32);
  v128.store(y, r20);
  v128.store(y, r21, 16);
  y = target + load<u32>(places, 36);
  v128.store(y, r30);
  v128.store(y, r31, 16);
  y = target + load<u32>(places, 40);
  v128.store(y, r40);
  v128.store(y, r41, 16);
  y = target + load<u32>(places, 44);
  v128.store(y, r50);
  v128.store(y, r51, 16);
}
