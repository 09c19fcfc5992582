// Channels last: x is rows of C numbers. So that whole vectors fit, `group` rows are taken as one row of
// W = group * C numbers, a multiple of 4, and per-channel numbers are repeated to W once an item.

/** Repeats C numbers until W are there. */
export function spread(source: usize, C: usize, target: usize, W: usize): void {
  for (let i: usize = 0, c: usize = 0; i < W; i++) {
    store<f32>(target + (i << 2), load<f32>(source + (c << 2)));
    if (++c == C) c = 0;
  }
}

/** Adds up what belongs to one channel, of W sums: sums[c] + sums[C + c] + .. */
// @ts-ignore: decorator
@inline export function folded(sums: usize, c: usize, C: usize, W: usize): f64 {
  let sum: f64 = 0;
  for (let i = c; i < W; i += C) sum += <f64>load<f32>(sums + (i << 2));
  return sum;
}
