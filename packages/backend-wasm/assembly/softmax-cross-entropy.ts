import { floatArgument, intArgument, pointerArgument } from './simd';
import { greatestOf, logarithm, sumOfExponentials } from './softmax';

// Smoothed targets: t = label * (1 - smoothing) + smoothing / K. Labels are class numbers or a row of K shares;
// a class number that does not exist gives NaN.

/** The label's share of class k. */
// @ts-ignore: decorator
@inline function share(labels: usize, classNumbers: i32, row: usize, k: usize, K: usize): f32 {
  if (!classNumbers) return load<f32>(labels + ((row * K + k) << 2));
  const label = load<u32>(labels + (row << 2));
  return label >= <u32>K ? NaN : f32(label == <u32>k);
}

/** losses[n] = -sum of t * log(softmax(logits)). args: logits, labels, losses, rows, K, rowsPerItem, smoothing, classNumbers */
export function softmaxCrossEntropy(args: usize, item: i32, scratch: usize): void {
  const labels = pointerArgument(args, 1);
  const K = <usize>intArgument(args, 4);
  const smoothing = floatArgument(args, 6);
  const classNumbers = intArgument(args, 7);
  const first = <usize>(item * intArgument(args, 5));
  const last = min(first + <usize>intArgument(args, 5), <usize>intArgument(args, 3));
  for (let row = first; row < last; row++) {
    const logits = pointerArgument(args, 0) + row * K * 4;
    const greatest = greatestOf(logits, K);
    const logOfSum = logarithm(sumOfExponentials(logits, greatest, 0, K));
    let loss: f64 = 0;
    for (let k: usize = 0; k < K; k++) {
      const target = share(labels, classNumbers, row, k, K) * (1 - smoothing) + smoothing / <f32>K;
      // 0 * -infinity counts nothing.
      if (target != 0) loss += <f64>target * <f64>(logOfSum - (load<f32>(logits + (k << 2)) - greatest));
    }
    store<f32>(pointerArgument(args, 2) + (row << 2), <f32>loss);
  }
}

/** dLogits = dy[n] * (softmax * sum(t) - t). args: dy, logits, labels, dLogits, rows, K, rowsPerItem, smoothing, classNumbers */
export function softmaxCrossEntropyGradient(args: usize, item: i32, scratch: usize): void {
  const labels = pointerArgument(args, 2);
  const K = <usize>intArgument(args, 5);
  const smoothing = floatArgument(args, 7);
  const classNumbers = intArgument(args, 8);
  const first = <usize>(item * intArgument(args, 6));
  const last = min(first + <usize>intArgument(args, 6), <usize>intArgument(args, 4));
  for (let row = first; row < last; row++) {
    const logits = pointerArgument(args, 1) + row * K * 4;
    const dLogits = pointerArgument(args, 3) + row * K * 4;
    const dy = load<f32>(pointerArgument(args, 0) + (row << 2));
    const sum = sumOfExponentials(logits, greatestOf(logits, K), dLogits, K);
    let total: f64 = 0;
    for (let k: usize = 0; k < K; k++) total += <f64>share(labels, classNumbers, row, k, K);
    const factor = (<f32>total * (1 - smoothing) + smoothing) / sum;
    for (let k: usize = 0; k < K; k++) {
      const target = share(labels, classNumbers, row, k, K) * (1 - smoothing) + smoothing / <f32>K;
      const place = dLogits + (k << 2);
      store<f32>(place, dy * (load<f32>(place) * factor - target));
    }
  }
}

/**
 * How many rows have fewer than `limit` logits ranked before the label's; a NaN ranks before all, but is never right.
 * args: logits, labels, y (a scalar), rows, K, limit, classNumbers; one item
 */
export function topKCorrect(args: usize, item: i32, scratch: usize): void {
  const rows = <usize>intArgument(args, 3);
  const K = <usize>intArgument(args, 4);
  const limit = intArgument(args, 5);
  let correct = 0;
  for (let row: usize = 0; row < rows; row++) {
    const logits = pointerArgument(args, 0) + row * K * 4;
    let label = load<u32>(pointerArgument(args, 1) + (row << 2));
    if (!intArgument(args, 6)) label = placeOfGreatest(pointerArgument(args, 1) + row * K * 4, K);
    if (label >= <u32>K) continue;
    const own = load<f32>(logits + (<usize>label << 2));
    let ahead = 0;
    for (let k: usize = 0; k < K; k++) {
      const logit = load<f32>(logits + (k << 2));
      ahead += i32(!(logit <= own)) | (i32(logit == own) & i32(<u32>k < label));
    }
    correct += i32(ahead < limit) & i32(own == own);
  }
  store<f32>(pointerArgument(args, 2), <f32>correct);
}

function placeOfGreatest(x: usize, K: usize): u32 {
  let place: usize = 0;
  for (let k: usize = 1; k < K; k++) if (load<f32>(x + (k << 2)) > load<f32>(x + (place << 2))) place = k;
  return <u32>place;
}
