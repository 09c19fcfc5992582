// Elementary functions of four float32 numbers, within about 2 units in the last place.
// Polynomials: S. Moshier, Cephes Mathematical Library, single/expf.c, logf.c and tanhf.c.
import { madd } from './simd';

// @ts-ignore: decorator
@inline function constant(value: f32): v128 {
  return f32x4.splat(value);
}

/** The nearest integer n to x / ln 2. */
// @ts-ignore: decorator
@inline function powerOfTwo(x: v128): v128 {
  return f32x4.nearest(f32x4.mul(x, constant(1.44269504)));
}

/** x - n ln 2, with ln 2 in two parts so that the product is exact. */
// @ts-ignore: decorator
@inline function remainder(x: v128, n: v128): v128 {
  return madd(n, constant(2.12194440e-4), madd(n, constant(-0.693359375), x));
}

/** e^r - 1 for |r| <= ln(2) / 2. */
// @ts-ignore: decorator
@inline function smallExponentialMinusOne(r: v128): v128 {
  let p = madd(constant(1.98756915e-4), r, constant(1.39819995e-3));
  p = madd(p, r, constant(8.33345191e-3));
  p = madd(p, r, constant(4.16657959e-2));
  p = madd(p, r, constant(1.66666655e-1));
  p = madd(p, r, constant(0.5));
  return madd(f32x4.mul(r, r), p, r);
}

/** 2^n for integers -126 <= n <= 127. */
// @ts-ignore: decorator
@inline function twoToThe(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** e^x; infinity beyond 88.7, denormal numbers and 0 below -87.3. */
// @ts-ignore: decorator
@inline export function exp(x: v128): v128 {
  // pmin and pmax in this order let NaN through.
  const bounded = f32x4.pmin(f32x4.pmax(x, constant(-106)), constant(90));
  const n = powerOfTwo(bounded);
  const p = f32x4.add(smallExponentialMinusOne(remainder(bounded, n)), constant(1));
  // In two factors, since 2^n itself may be out of range.
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(p, twoToThe(half)), twoToThe(i32x4.sub(whole, half)));
}

/** e^x - 1, accurate near 0. */
// @ts-ignore: decorator
@inline export function exponentialMinusOne(x: v128): v128 {
  const near = f32x4.le(f32x4.abs(x), constant(0.34));
  return v128.bitselect(smallExponentialMinusOne(x), f32x4.sub(exp(x), constant(1)), near);
}

/** Natural logarithm; -infinity at 0, NaN below. */
// @ts-ignore: decorator
@inline export function log(x: v128): v128 {
  // Denormal numbers are brought into the normal range first.
  const tiny = f32x4.lt(x, constant(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, constant(8388608)), x, tiny);
  const bias = v128.bitselect(i32x4.splat(126 + 23), i32x4.splat(126), tiny);
  let exponent = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(scaled, 23), bias));
  let m = v128.or(v128.and(scaled, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000)); // in [0.5, 1)
  const low = f32x4.lt(m, constant(0.707106781));
  exponent = f32x4.sub(exponent, v128.and(low, constant(1)));
  m = f32x4.sub(f32x4.add(m, v128.and(low, m)), constant(1));

  const square = f32x4.mul(m, m);
  let p = madd(constant(7.0376836292e-2), m, constant(-1.151461031e-1));
  p = madd(p, m, constant(1.167699874e-1));
  p = madd(p, m, constant(-1.2420140846e-1));
  p = madd(p, m, constant(1.4249322787e-1));
  p = madd(p, m, constant(-1.6668057665e-1));
  p = madd(p, m, constant(2.0000714765e-1));
  p = madd(p, m, constant(-2.4999993993e-1));
  p = madd(p, m, constant(3.3333331174e-1));
  p = f32x4.mul(f32x4.mul(p, m), square);
  p = madd(exponent, constant(-2.12194440e-4), p);
  p = madd(square, constant(-0.5), p);
  let y = madd(exponent, constant(0.693359375), f32x4.add(m, p));

  y = v128.bitselect(x, y, f32x4.eq(x, constant(f32.MAX_VALUE * 2))); // infinity
  y = v128.bitselect(constant(-f32.MAX_VALUE * 2), y, f32x4.eq(x, constant(0)));
  const negative = v128.or(f32x4.lt(x, constant(0)), f32x4.ne(x, x));
  return v128.or(y, negative); // all bits set are a NaN
}

/** log(1 + u) for -0.5 <= u, accurate for small u: what rounding 1 + u loses is put right by a factor. */
// @ts-ignore: decorator
@inline export function logOfOnePlus(u: v128): v128 {
  const sum = f32x4.add(constant(1), u);
  const rounded = f32x4.sub(sum, constant(1));
  const ratio = f32x4.div(f32x4.mul(log(sum), u), rounded);
  return v128.bitselect(u, ratio, f32x4.eq(rounded, constant(0)));
}

// @ts-ignore: decorator
@inline export function tanh(x: v128): v128 {
  const size = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  let p = madd(constant(-5.70498872745e-3), square, constant(2.06390887954e-2));
  p = madd(p, square, constant(-5.37397155531e-2));
  p = madd(p, square, constant(1.33314422036e-1));
  p = madd(p, square, constant(-3.33332819422e-1));
  const near = madd(f32x4.mul(p, square), x, x);
  const e = exp(f32x4.add(size, size));
  const far = f32x4.sub(constant(1), f32x4.div(constant(2), f32x4.add(e, constant(1))));
  const sign = v128.and(x, i32x4.splat(0x80000000));
  return v128.bitselect(near, v128.or(far, sign), f32x4.lt(size, constant(0.625)));
}

/** 1 / (1 + e^-x) */
// @ts-ignore: decorator
@inline export function sigmoid(x: v128): v128 {
  return f32x4.div(constant(1), f32x4.add(constant(1), exp(f32x4.neg(x))));
}
