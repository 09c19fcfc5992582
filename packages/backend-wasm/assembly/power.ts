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
