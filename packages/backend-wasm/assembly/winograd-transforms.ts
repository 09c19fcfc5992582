// The one-dimensional transforms of F(4, 3) with the points 0, 1, -1, 2, -2 and infinity (Lavin and Gray, "Fast Algorithms for
// Convolutional Neural Networks", 2016). Each stores its results `stride` bytes apart, from p on; `two`, `four` ... are `held`.
import { madd } from './simd';

/** A constant in all lanes, by way of memory: V8 builds a literal anew at every use, what was loaded stays in a register. */
// @ts-ignore: decorator
@inline export function held(value: f32, memory: usize): v128 {
  store<f32>(memory, value);
  return v128.load32_splat(memory);
}

/** c - a * b */
// @ts-ignore: decorator
@inline function subtractProduct(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_nmadd(a, b, c) : f32x4.sub(c, f32x4.mul(a, b));
}

/** B^T d: six pixels. */
// @ts-ignore: decorator
@inline export function transformPixels(
  d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, two: v128, four: v128, p: usize, stride: usize,
): void {
  const even = f32x4.sub(d4, d2);
  const odd = f32x4.sub(d3, d1);
  const even4 = subtractProduct(four, d2, d4);
  const odd4 = subtractProduct(four, d1, d3);
  v128.store(p, madd(four, f32x4.sub(d0, d2), even));
  p += stride;
  v128.store(p, f32x4.add(even4, odd4));
  p += stride;
  v128.store(p, f32x4.sub(even4, odd4));
  p += stride;
  v128.store(p, madd(two, odd, even));
  p += stride;
  v128.store(p, subtractProduct(two, odd, even));
  p += stride;
  v128.store(p, subtractProduct(four, odd, f32x4.sub(d5, d3)));
}

/** A^T m: six products to four outputs. */
// @ts-ignore: decorator
@inline export function transformProducts(
  m0: v128, m1: v128, m2: v128, m3: v128, m4: v128, m5: v128, two: v128, four: v128, eight: v128, p: usize, stride: usize,
): void {
  const even = f32x4.add(m1, m2);
  const odd = f32x4.sub(m1, m2);
  const even2 = f32x4.add(m3, m4);
  const odd2 = f32x4.sub(m3, m4);
  v128.store(p, f32x4.add(f32x4.add(m0, even), even2));
  p += stride;
  v128.store(p, madd(two, odd2, odd));
  p += stride;
  v128.store(p, madd(four, even2, even));
  p += stride;
  v128.store(p, madd(eight, odd2, f32x4.add(odd, m5)));
}

/** A z: four output gradients to six. */
// @ts-ignore: decorator
@inline export function transformOutputGradients(
  z0: v128, z1: v128, z2: v128, z3: v128, two: v128, four: v128, p: usize, stride: usize,
): void {
  const even = f32x4.add(z0, z2);
  const odd = f32x4.add(z1, z3);
  const even2 = madd(four, z2, z0);
  const odd2 = madd(four, z3, z1);
  v128.store(p, z0);
  p += stride;
  v128.store(p, f32x4.add(even, odd));
  p += stride;
  v128.store(p, f32x4.sub(even, odd));
  p += stride;
  v128.store(p, madd(two, odd2, even2));
  p += stride;
  v128.store(p, subtractProduct(two, odd2, even2));
  p += stride;
  v128.store(p, z3);
}

/** G g: three weights to six. `quarter` ... are 1/4, 1/6, 1/12 and 1/24. */
// @ts-ignore: decorator
@inline export function transformWeights(
  g0: v128, g1: v128, g2: v128, quarter: v128, sixth: v128, twelfth: v128, twentyFourth: v128, p: usize, stride: usize,
): void {
  const even = f32x4.add(g0, g2);
  const even2 = madd(sixth, g2, f32x4.mul(twentyFourth, g0));
  v128.store(p, f32x4.mul(quarter, g0));
  p += stride;
  v128.store(p, f32x4.neg(f32x4.mul(sixth, f32x4.add(even, g1))));
  p += stride;
  v128.store(p, f32x4.mul(sixth, f32x4.sub(g1, even)));
  p += stride;
  v128.store(p, madd(twelfth, g1, even2));
  p += stride;
  v128.store(p, subtractProduct(twelfth, g1, even2));
  p += stride;
  v128.store(p, g2);
}

/** G^T s: six sums of products to the gradient of three weights. */
// @ts-ignore: decorator
@inline export function transformSums(
  s0: v128, s1: v128, s2: v128, s3: v128, s4: v128, s5: v128,
  quarter: v128, sixth: v128, twelfth: v128, twentyFourth: v128, p: usize, stride: usize,
): void {
  const even = f32x4.add(s1, s2);
  const odd = f32x4.sub(s2, s1);
  const even2 = f32x4.add(s3, s4);
  const odd2 = f32x4.sub(s3, s4);
  v128.store(p, madd(quarter, s0, subtractProduct(sixth, even, f32x4.mul(twentyFourth, even2))));
  p += stride;
  v128.store(p, madd(sixth, odd, f32x4.mul(twelfth, odd2)));
  p += stride;
  v128.store(p, madd(sixth, f32x4.sub(even2, even), s5));
}
