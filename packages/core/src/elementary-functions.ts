// Math.log and Math.cos may differ in the last bits from one JavaScript engine to the next. These use nothing but
// + - * / on float64, which IEEE 754 rounds the same everywhere, so equal seeds give equal bits everywhere.

const logarithmCoefficients = [1 / 21, 1 / 19, 1 / 17, 1 / 15, 1 / 13, 1 / 11, 1 / 9, 1 / 7, 1 / 5, 1 / 3, 1];
// (-1)^n / (2n)! for n = 8 to 0, and (-1)^n / (2n + 1)! likewise; factorials up to 17! are exact in float64.
const cosineCoefficients = [
  1 / 20922789888000,
  -1 / 87178291200,
  1 / 479001600,
  -1 / 3628800,
  1 / 40320,
  -1 / 720,
  1 / 24,
  -1 / 2,
  1,
];
const sineCoefficients = [
  1 / 355687428096000,
  -1 / 1307674368000,
  1 / 6227020800,
  -1 / 39916800,
  1 / 362880,
  -1 / 5040,
  1 / 120,
  -1 / 6,
  1,
];
const tau = 2 * Math.PI;
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
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let n = 0; n < logarithmCoefficients.length; n++) sum = sum * square + logarithmCoefficients[n]!;
  return exponent * Math.LN2 + 2 * s * sum;
}

/**
 * Writes cos(2 pi t) to `out[offset]` and sin(2 pi t) to `out[offset + 1]`, for an angle of t turns, t in [0, 1), to
 * about 1e-16.
 *
 * Angles in turns fold into the first eighth exactly, with no rounding; there both series converge fast.
 */
export function writeCosineAndSine(out: Float64Array, offset: number, t: number): void {
  const quarters = Math.floor(4 * t);
  const inQuarter = t - quarters / 4;
  const mirrored = inQuarter > 0.125;
  const x = tau * (mirrored ? 0.25 - inQuarter : inQuarter);
  const square = x * x;
  let cosine = 0;
  let sine = 0;
  // Indices: iterators would take twice the time.
  for (let n = 0; n < cosineCoefficients.length; n++) {
    cosine = cosine * square + cosineCoefficients[n]!;
    sine = sine * square + sineCoefficients[n]!;
  }
  sine *= x;
  const along = mirrored ? sine : cosine;
  const across = mirrored ? cosine : sine;
  out[offset] = quarters === 0 ? along : quarters === 1 ? -across : quarters === 2 ? -along : across;
  out[offset + 1] = quarters === 0 ? across : quarters === 1 ? along : quarters === 2 ? -across : -along;
}
