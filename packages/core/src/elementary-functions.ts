// Math.log and Math.cos may differ in the last bits from one JavaScript engine to the next. These use nothing but
// + - * / on float64, which IEEE 754 rounds the same everywhere, so equal seeds give equal bits everywhere.

const log2 = 0.6931471805599453;
const logarithmCoefficients = [1 / 21, 1 / 19, 1 / 17, 1 / 15, 1 / 13, 1 / 11, 1 / 9, 1 / 7, 1 / 5, 1 / 3, 1];
const squareRootOf2 = 1.4142135623730951;
const tau = 6.283185307179586;
const scratch = new DataView(new ArrayBuffer(8));

/**
 * The natural logarithm of a positive, normal float64, to about 1e-16 of its value.
 *
 * x = 2^e * m with m in [1/sqrt(2), sqrt(2)], and log(m) = 2 (s + s^3/3 + s^5/5 + ...) with s = (m - 1) / (m + 1).
 */
export function logarithm(x: number): number {
  scratch.setFloat64(0, x);
  const high = scratch.getInt32(0);
  let exponent = (high >>> 20) - 1023;
  scratch.setInt32(0, (high & 0x000fffff) | 0x3ff00000);
  let mantissa = scratch.getFloat64(0);
  if (mantissa > squareRootOf2) {
    mantissa /= 2;
    exponent += 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (const coefficient of logarithmCoefficients) sum = sum * square + coefficient;
  return exponent * log2 + 2 * s * sum;
}

/** cos(x) by its series, for x in [0, pi / 4]. */
function cosineSeries(x: number): number {
  let sum = 1;
  for (let n = 16; n >= 2; n -= 2) sum = 1 - (sum * x * x) / (n * (n - 1));
  return sum;
}

/** sin(x) by its series, for x in [0, pi / 4]. */
function sineSeries(x: number): number {
  let sum = 1;
  for (let n = 17; n >= 3; n -= 2) sum = 1 - (sum * x * x) / (n * (n - 1));
  return x * sum;
}

/**
 * cos(2 pi t) for an angle of t turns, t in [0, 1], to about 1e-16.
 *
 * Angles in turns fold into the first eighth exactly, with no rounding.
 */
export function cosineOfTurn(t: number): number {
  const half = t > 0.5 ? 1 - t : t;
  const sign = half > 0.25 ? -1 : 1;
  const quarter = half > 0.25 ? 0.5 - half : half;
  return sign * (quarter > 0.125 ? sineSeries(tau * (0.25 - quarter)) : cosineSeries(tau * quarter));
}
