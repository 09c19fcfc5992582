import { firstLanes, storeLanes, sumOfLanes } from './lanes';
import { exp, log } from './math';
import { intArgument, pointerArgument } from './simd';

// Rows of K numbers. Beyond a row's end vectors hold other numbers, which are left out of every sum.

export function greatestOf(x: usize, K: usize): f32 {
  let greatest = f32x4.splat(-Infinity);
  for (let k: usize = 0; k < K; k += 4) greatest = f32x4.max(greatest, firstLanes(v128.load(x + (k << 2)), K - k, greatest));
  const pair = f32x4.max(greatest, v128.shuffle<f32>(greatest, greatest, 2, 3, 0, 1));
  return max<f32>(f32x4.extract_lane(pair, 0), f32x4.extract_lane(pair, 1));
}

/** Sum of exp(x - greatest); the summands go to `terms` unless that is 0. */
export function sumOfExponentials(x: usize, greatest: f32, terms: usize, K: usize): f32 {
  let sum = f32x4.splat(0);
  for (let k: usize = 0; k < K; k += 4) {
    const term = exp(f32x4.sub(v128.load(x + (k << 2)), f32x4.splat(greatest)));
    if (terms) storeLanes(terms + (k << 2), term, K - k);
    sum = f32x4.add(sum, firstLanes(term, K - k, f32x4.splat(0)));
  }
  return sumOfLanes(sum);
}

export function logarithm(x: f32): f32 {
  return f32x4.extract_lane(log(f32x4.splat(x)), 0);
}

/** Softmax, or its logarithm, of each row. args: x, y, rows, K, rowsPerItem, logarithmic */
export function softmax(args: usize, item: i32, scratch: usize): void {
  const K = <usize>intArgument(args, 3);
  const logarithmic = intArgument(args, 5);
  const first = item * intArgument(args, 4);
  const last = min(first + intArgument(args, 4), intArgument(args, 2));
  for (let row = first; row < last; row++) {
    const x = pointerArgument(args, 0) + <usize>row * K * 4;
    const y = pointerArgument(args, 1) + <usize>row * K * 4;
    const greatest = greatestOf(x, K);
    const sum = sumOfExponentials(x, greatest, logarithmic ? 0 : y, K);
    const factor = f32x4.splat(1 / sum);
    const logOfSum = f32x4.splat(logarithmic ? logarithm(sum) : 0);
    for (let k: usize = 0; k < K; k += 4) {
      const value = logarithmic
        ? f32x4.sub(f32x4.sub(v128.load(x + (k << 2)), f32x4.splat(greatest)), logOfSum)
        : f32x4.mul(v128.load(y + (k << 2)), factor);
      storeLanes(y + (k << 2), value, K - k);
    }
  }
}

/**
 * Softmax: dx = y * (dy - sum(dy * y)); its logarithm: dx = dy - exp(y) * sum(dy).
 * args: dy, y, dx, rows, K, rowsPerItem, logarithmic
 */
export function softmaxGradient(args: usize, item: i32, scratch: usize): void {
  const K = <usize>intArgument(args, 4);
  const logarithmic = intArgument(args, 6);
  const first = item * intArgument(args, 5);
  const last = min(first + intArgument(args, 5), intArgument(args, 3));
  for (let row = first; row < last; row++) {
    const offset = <usize>row * K * 4;
    const dy = pointerArgument(args, 0) + offset;
    const y = pointerArgument(args, 1) + offset;
    const dx = pointerArgument(args, 2) + offset;
    let sum = f32x4.splat(0);
    for (let k: usize = 0; k < K; k += 4) {
      let term = v128.load(dy + (k << 2));
      if (!logarithmic) term = f32x4.mul(term, v128.load(y + (k << 2)));
      sum = f32x4.add(sum, firstLanes(term, K - k, f32x4.splat(0)));
    }
    const total = f32x4.splat(sumOfLanes(sum));
    for (let k: usize = 0; k < K; k += 4) {
      const gradient = v128.load(dy + (k << 2));
      const output = v128.load(y + (k << 2));
      const value = logarithmic
        ? f32x4.sub(gradient, f32x4.mul(exp(output), total))
        : f32x4.mul(output, f32x4.sub(gradient, total));
      storeLanes(dx + (k << 2), value, K - k);
    }
  }
}
