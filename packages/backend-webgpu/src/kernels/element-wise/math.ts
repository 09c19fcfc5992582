/**
 * WGSL functions that hold for all numbers: compilers may take it that there is no NaN and no infinity, so these are told
 * by their bits, and exponentials are kept from overflowing.
 */
export const mathCode = `
fn isNan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

fn larger(a: f32, b: f32) -> f32 {
  return select(select(max(a, b), b, isNan(b)), a, isNan(a));
}

fn smaller(a: f32, b: f32) -> f32 {
  return select(select(min(a, b), b, isNan(b)), a, isNan(a));
}

// NaN where x is, whatever a device makes of it on the way.
fn nanOrElse(value: f32, x: f32) -> f32 {
  return select(value, x, isNan(x));
}

// log(x); minus infinity of 0, NaN of negative numbers.
fn logarithm(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let edge = select(select(bits | 0x7fc00000u, 0xff800000u | bits, x == 0.0), bits, bits <= 0x7f800000u && x != 0.0);
  return select(bitcast<f32>(edge), log(x), bits > 0u && bits < 0x7f800000u);
}

// exp(x), at most 3e38.
fn power(x: f32) -> f32 {
  return exp(clamp(x, -104.0, 88.7));
}

// exp(x) - 1 without cancellation near 0.
fn exponentialMinusOne(x: f32) -> f32 {
  var sum = 1.0 + x / 8.0;
  sum = 1.0 + sum * x / 7.0;
  sum = 1.0 + sum * x / 6.0;
  sum = 1.0 + sum * x / 5.0;
  sum = 1.0 + sum * x / 4.0;
  sum = 1.0 + sum * x / 3.0;
  sum = 1.0 + sum * x / 2.0;
  return select(power(x) - 1.0, sum * x, abs(x) < 0.5);
}

// log(1 + x) for x from 0 to 1: 2 artanh(x / (2 + x)).
fn logOfOnePlus(x: f32) -> f32 {
  let s = x / (2.0 + x);
  let square = s * s;
  var sum = 1.0 / 13.0;
  sum = sum * square + 1.0 / 11.0;
  sum = sum * square + 1.0 / 9.0;
  sum = sum * square + 1.0 / 7.0;
  sum = sum * square + 1.0 / 5.0;
  sum = sum * square + 1.0 / 3.0;
  return 2.0 * s + 2.0 * s * square * sum;
}

fn sigmoid(x: f32) -> f32 {
  return 1.0 / (1.0 + power(-x));
}

fn hyperbolicTangent(x: f32) -> f32 {
  let e = exponentialMinusOne(-2.0 * abs(x));
  let t = -e / (e + 2.0);
  return select(t, -t, x < 0.0);
}
`;
