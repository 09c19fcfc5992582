import { affineRows, channelMoments, spread } from './batch-norm-rows';
import { floatArgument, intArgument, pointerArgument } from './simd';

/**
 * Moments of one item's rows, as {@link channelMoments} gives them.
 * args: x, partials (f64 [items, 2, C]), rows, C, group, rowsPerItem; scratch 3 W floats
 */
export function batchNormMoments(args: usize, item: i32, scratch: usize): void {
  const C = <usize>intArgument(args, 3);
  const rowsPerItem = <usize>intArgument(args, 5);
  const first = <usize>item * rowsPerItem;
  const rows = min(rowsPerItem, <usize>intArgument(args, 2) - first);
  const partial = pointerArgument(args, 1) + <usize>item * C * 16;
  channelMoments(pointerArgument(args, 0) + first * C * 4, rows, C, C * <usize>intArgument(args, 4), partial, scratch);
}

/**
 * Mean and biased variance from the items' moments, in their order (Chan, Golub and LeVeque 1979).
 * args: partials, mean, variance, rows, C, rowsPerItem, items; an item is 32 channels
 */
export function batchNormCombine(args: usize, item: i32, scratch: usize): void {
  const partials = pointerArgument(args, 0);
  const rows = <usize>intArgument(args, 3);
  const C = <usize>intArgument(args, 4);
  const rowsPerItem = <usize>intArgument(args, 5);
  const items = <usize>intArgument(args, 6);
  const first = <usize>item * 32;
  const last = min(first + 32, C);
  for (let c = first; c < last; c++) {
    let count: f64 = 0;
    let mean: f64 = 0;
    let squares: f64 = 0;
    for (let i: usize = 0; i < items; i++) {
      const partial = partials + (i * C * 2 + c) * 8;
      const added = <f64>min(rowsPerItem, rows - i * rowsPerItem);
      const difference = load<f64>(partial) - mean;
      const total = count + added;
      mean += (difference * added) / total;
      squares += load<f64>(partial + C * 8) + (difference * difference * count * added) / total;
      count = total;
    }
    store<f32>(pointerArgument(args, 1) + (c << 2), <f32>mean);
    store<f32>(pointerArgument(args, 2) + (c << 2), <f32>(squares / count));
  }
}

// @ts-ignore: decorator
@inline function inverseDeviation(variance: usize, c: usize, epsilon: f32): f32 {
  return <f32>(1 / Math.sqrt(<f64>load<f32>(variance + (c << 2)) + <f64>epsilon));
}

/**
 * y = act((x - mean) * gamma / sqrt(variance + epsilon) + beta + residual).
 * args: x, y, rows, C, group, rowsPerItem, gamma, beta, mean, variance, residual (0: none), relu, epsilon;
 * scratch 4 W floats
 */
export function batchNormApply(args: usize, item: i32, scratch: usize): void {
  if (pointerArgument(args, 10)) {
    if (intArgument(args, 11)) normalize(true, true, args, item, scratch);
    else normalize(true, false, args, item, scratch);
  } else {
    if (intArgument(args, 11)) normalize(false, true, args, item, scratch);
    else normalize(false, false, args, item, scratch);
  }
}

// @ts-ignore: decorator
@inline function normalize(adding: bool, rectify: bool, args: usize, item: i32, scratch: usize): void {
  const C = <usize>intArgument(args, 3);
  const W = C * <usize>intArgument(args, 4);
  const rowsPerItem = <usize>intArgument(args, 5);
  const first = <usize>item * rowsPerItem;
  const offset = first * C * 4;
  const end = min(rowsPerItem, <usize>intArgument(args, 2) - first) * C;
  const x = pointerArgument(args, 0) + offset;
  const y = pointerArgument(args, 1) + offset;
  const residual = pointerArgument(args, 10) + offset;
  const epsilon = floatArgument(args, 12);
  const mean = scratch;
  const scale = mean + (W << 2);
  const beta = scale + (W << 2);
  const scales = beta + (W << 2);
  for (let c: usize = 0; c < C; c++) {
    const gamma = load<f32>(pointerArgument(args, 6) + (c << 2));
    store<f32>(scales + (c << 2), gamma * inverseDeviation(pointerArgument(args, 9), c, epsilon));
  }
  spread(scales, C, scale, W);
  spread(pointerArgument(args, 7), C, beta, W);
  spread(pointerArgument(args, 8), C, mean, W);
  affineRows(adding, rectify, x, y, residual, end, W, mean, scale, beta);
}
