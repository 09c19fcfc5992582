/**
 * WGSL: mean and sum of squared differences from it, of so many values, kept up to date value by value (Welford), and of
 * two such (Chan): no cancellation, however far from 0 the values lie.
 *
 * Source: Chan, Golub, LeVeque 1983, https://doi.org/10.1080/00031305.1983.10483115
 */
export const momentsCode = `
struct Moments { mean: Value, squares: Value, count: f32 }

fn withValue(known: Moments, value: Value) -> Moments {
  let count = known.count + 1.0;
  let difference = value - known.mean;
  let mean = known.mean + difference * (1.0 / count);
  return Moments(mean, known.squares + difference * (value - mean), count);
}

fn combined(a: Moments, b: Moments) -> Moments {
  let count = a.count + b.count;
  let share = b.count / max(count, 1.0);
  let difference = b.mean - a.mean;
  let squares = a.squares + b.squares + difference * difference * (a.count * share);
  return Moments(a.mean + difference * share, squares, count);
}
`;

/** WGSL: two sums. */
export const sumsCode = `
struct Sums { plain: Value, along: Value }

fn combined(a: Sums, b: Sums) -> Sums {
  return Sums(a.plain + b.plain, a.along + b.along);
}
`;
