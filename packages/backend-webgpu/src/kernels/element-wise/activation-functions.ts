// WGSL of the activation functions and their derivatives; p, q, r, s are the parameters of a kind. The functions that are
// called here are those of math.ts and of `activationCode`.

/** Of x; and of the output v. */
export const outputFunctions: Readonly<Record<string, { value: string; slope: string }>> = {
  relu: { value: 'larger(x, 0.0)', slope: 'select(0.0, 1.0, v > 0.0)' },
  /** slope, threshold, largest */
  rectifier: {
    value: 'select((x - q) * p, select(min(x, r), x, r >= 3.4028234e38), x > q)',
    slope: 'select(select(0.0, 1.0, v > q && v < r), p, v < 0.0)',
  },
  sigmoid: { value: 'sigmoid(x)', slope: 'v * (1.0 - v)' },
  tanh: { value: 'hyperbolicTangent(x)', slope: '1.0 - v * v' },
  /** alpha, scale */
  elu: {
    value: 'select(p * q * exponentialMinusOne(x), x * q, x > 0.0)',
    slope: 'select(v + p * q, q, v > 0.0)',
  },
  /** slope, offset, low, high */
  clip: { value: 'clamp(x * p + q, r, s)', slope: 'select(0.0, p, v > r && v < s)' },
  softplus: { value: 'max(x, 0.0) + logOfOnePlus(power(-abs(x)))', slope: 'nanOrElse(-exponentialMinusOne(-v), v)' },
  softsign: { value: 'x / (abs(x) + 1.0)', slope: '(1.0 - abs(v)) * (1.0 - abs(v))' },
};

/** Of x, both. */
export const gatedFunctions: Readonly<Record<string, { value: string; slope: string }>> = {
  gelu: {
    value: 'x * normalDistribution(x)',
    slope: 'nanOrElse(normalDistribution(v) + v * 0.39894228 * power(-0.5 * v * v), v)',
  },
  geluTanh: { value: 'x * tanhGate(bounded(x))', slope: 'nanOrElse(tanhGateSlope(bounded(v)), v)' },
  silu: { value: 'x * sigmoid(x)', slope: 'nanOrElse(sigmoid(v) * (1.0 + v * (1.0 - sigmoid(v))), v)' },
  mish: { value: 'x * mishGate(x)', slope: 'nanOrElse(mishSlope(v), v)' },
  hardSilu: {
    value: 'x * clamp(x / 6.0 + 0.5, 0.0, 1.0)',
    slope: 'nanOrElse(select(select(0.0, v / 3.0 + 0.5, v > -3.0), 1.0, v >= 3.0), v)',
  },
};

export const activationCode = `
// The normal distribution function, to 2e-7 of its value: Numerical Recipes' erfc, by Chebyshev fitting.
fn normalDistribution(x: f32) -> f32 {
  let z = min(abs(x) * 0.70710678, 15.0);
  let t = 1.0 / (1.0 + 0.5 * z);
  var c = -0.82215223 + t * 0.17087277;
  c = 1.48851587 + t * c;
  c = -1.13520398 + t * c;
  c = 0.27886807 + t * c;
  c = -0.18628806 + t * c;
  c = 0.09678418 + t * c;
  c = 0.37409196 + t * c;
  c = 1.00002368 + t * c;
  c = -1.26551223 + t * c;
  let tail = 0.5 * t * power(c - z * z);
  return select(1.0 - tail, tail, x < 0.0);
}

// Beyond, gates are 0 or 1.
fn bounded(x: f32) -> f32 {
  return clamp(x, -20.0, 20.0);
}

// sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3))
fn tanhGate(x: f32) -> f32 {
  return sigmoid(x * (1.5957691 + 0.071354816 * x * x));
}

fn tanhGateSlope(x: f32) -> f32 {
  let gate = tanhGate(x);
  return gate * (1.0 + x * (1.0 - gate) * (1.5957691 + 0.21406445 * x * x));
}

// tanh(softplus(x)) = n / (n + 2) with n = e^x (e^x + 2)
fn mishGate(x: f32) -> f32 {
  let e = exp(clamp(x, -104.0, 20.0));
  let n = e * (e + 2.0);
  return n / (n + 2.0);
}

fn mishSlope(x: f32) -> f32 {
  let e = exp(clamp(x, -104.0, 20.0));
  let n = e * (e + 2.0);
  return n / (n + 2.0) + x * 4.0 * (e / (n + 2.0)) * ((e + 1.0) / (n + 2.0));
}
`;
