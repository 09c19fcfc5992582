/**
 * WGSL: `gaussianPair(a, b)`, two standard Gaussians from two random words, by Box and Muller: r cos(2 pi v) and
 * r sin(2 pi v), r = sqrt(-2 log u), u = (a + 1) / 2^32, v = b / 2^32. The shading language promises too little for
 * logarithm and cosine: series as in @striate/core, in float32, with u and v kept exact as words.
 */
export const gaussianCode = `
// -log((a + 1) / 2^32)
fn negativeLogarithm(a: u32) -> f32 {
  var exponent = 0.0;
  var s: f32;
  if (a >= 0xb504f333u) {
    // Near 1: by the distance to 1, which a word holds exactly.
    let distance = f32(~a) * 2.3283064e-10;
    s = -distance / (2.0 - distance);
  } else {
    let bits = bitcast<u32>(f32(a + 1u));
    var mantissa = bitcast<f32>((bits & 0x007fffffu) | 0x3f800000u);
    exponent = f32(bits >> 23u) - 127.0 - 32.0;
    if (mantissa > 1.4142135) {
      mantissa = mantissa * 0.5;
      exponent = exponent + 1.0;
    }
    s = (mantissa - 1.0) / (mantissa + 1.0);
  }
  let square = s * s;
  var sum = 1.0 / 11.0;
  sum = sum * square + 1.0 / 9.0;
  sum = sum * square + 1.0 / 7.0;
  sum = sum * square + 1.0 / 5.0;
  sum = sum * square + 1.0 / 3.0;
  sum = sum * square + 1.0;
  return -(exponent * 0.6931472 + 2.0 * s * sum);
}

// Cosine and sine of 2 pi b / 2^32: angles in turns fold into the first eighth exactly.
fn cosineAndSine(b: u32) -> vec2f {
  let quarter = b >> 30u;
  let inQuarter = b & 0x3fffffffu;
  let mirrored = inQuarter > 0x20000000u;
  let x = f32(select(inQuarter, 0x40000000u - inQuarter, mirrored)) * 1.4629181e-9;
  let square = x * x;
  let cosine = 1.0 + square * (-0.5 + square * (1.0 / 24.0 + square * (-1.0 / 720.0 + square / 40320.0)));
  let sine = x * (1.0 + square * (-1.0 / 6.0 + square * (1.0 / 120.0 + square * (-1.0 / 5040.0 + square / 362880.0))));
  let near = select(vec2f(cosine, sine), vec2f(sine, cosine), mirrored);
  if (quarter == 0u) { return near; }
  if (quarter == 1u) { return vec2f(-near.y, near.x); }
  if (quarter == 2u) { return -near; }
  return vec2f(near.y, -near.x);
}

fn gaussianPair(a: u32, b: u32) -> vec2f {
  return sqrt(2.0 * max(negativeLogarithm(a), 0.0)) * cosineAndSine(b);
}
`;
