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

/** a^b in float64, with the special cases of JavaScript's Math.pow. */
export function power(a: f64, b: f64): f64 {
  if (b == 0) return 1;
  if (a != a || b != b) return NaN;
  if (b == 1) return a;
  if (b == 2) return a * a;
  const size = Math.abs(a);
  if (Math.abs(b) == Infinity) {
    if (size == 1) return NaN;
    return size > 1 == b > 0 ? Infinity : 0;
  }
  const integer = Math.trunc(b) == b;
  if (a < 0 && size != Infinity && !integer) return NaN;
  // -0 counts as negative, hence copysign.
  const negative = integer && Math.abs(b) < 9007199254740992 && (<i64>b & 1) != 0 && copysign<f64>(1, a) < 0;
  let result: f64;
  if (size == 0) result = b > 0 ? 0 : Infinity;
  else if (size == Infinity) result = b > 0 ? Infinity : 0;
  else if (b == 0.5) result = Math.sqrt(size);
  else if (integer && Math.abs(b) <= 64) result = wholePower(size, <i32>b);
  else result = exponential(b * logarithm(size));
  return negative ? -result : result;
}

/** By repeated squaring: exact where the result is a small whole number. */
function wholePower(x: f64, exponent: i32): f64 {
  let result: f64 = 1;
  let factor = x;
  for (let rest = abs(exponent); rest > 0; rest >>= 1) {
    if (rest & 1) result *= factor;
    factor *= factor;
  }
  return exponent < 0 ? 1 / result : result;
}

// Both within some 1e-13, plenty for a float32 result.
function logarithm(x: f64): f64 {
  let bits = reinterpret<i64>(x);
  let exponent = <f64>((bits >> 52) - 1023);
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000); // in [1, 2)
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent += 1;
  }
  // ln m = 2 artanh(s)
  const s = (m - 1) / (m + 1);
  const q = s * s;
  let p: f64 = 1.0 / 17.0;
  p = p * q + 1.0 / 15.0;
  p = p * q + 1.0 / 13.0;
  p = p * q + 1.0 / 11.0;
  p = p * q + 1.0 / 9.0;
  p = p * q + 1.0 / 7.0;
  p = p * q + 1.0 / 5.0;
  p = p * q + 1.0 / 3.0;
  p = p * q + 1.0;
  return exponent * 0.6931471805599453 + 2 * s * p;
}

function exponential(x: f64): f64 {
  if (x > 700) return Infinity;
  if (x < -700) return 0;
  const n = Math.round(x * 1.4426950408889634);
  const r = x - n * 0.6931471805599453;
  let p: f64 = 1;
  for (let k = 13; k > 0; k--) p = 1 + (p * r) / <f64>k;
  return p * reinterpret<f64>((<i64>n + 1023) << 52);
}
