import { folded, spread } from './batch-norm-rows';
import { relu, storeLanes } from './lanes';
import { floatArgument, intArgument, madd, pointerArgument } from './simd';

/**
 * Moments of one item's rows: count, and for each channel its mean and its sum of squared differences from that mean,
 * as float64. Sums run over x minus the mean of some of the item's rows, which makes them small: no digits are lost
 * when the mean is large against the deviation.
 * args: x, partials (f64 [items, 2, C]), rows, C, group, rowsPerItem; scratch 3 W floats
 */
export function batchNormMoments(args: usize, item: i32, scratch: usize): void {
  const C = <usize>intArgument(args, 3);
  const group = <usize>intArgument(args, 4);
  const rowsPerItem = <usize>intArgument(args, 5);
  const first = <usize>item * rowsPerItem;
  const rows = min(rowsPerItem, <usize>intArgument(args, 2) - first);
  const W = C * group;
  const x = pointerArgument(args, 0) + first * C * 4;
  const shift = scratch;
  const sums = shift + (W << 2);
  const squares = sums + (W << 2);

  const sample = min<usize>(rows, 64);
  const spacing = rows / sample;
  for (let c: usize = 0; c < C; c++) {
    let sum: f32 = 0;
    for (let i: usize = 0; i < sample; i++) sum += load<f32>(x + ((i * spacing * C + c) << 2));
    store<f32>(sums + (c << 2), sum / <f32>sample);
  }
  spread(sums, C, shift, W);
  memory.fill(sums, 0, W << 3);

  const end = rows * C;
  let start: usize = 0;
  for (; start + W <= end; start += W) {
    for (let i: usize = 0; i < W; i += 4) {
      const d = f32x4.sub(v128.load(x + ((start + i) << 2)), v128.load(shift + (i << 2)));
      v128.store(sums + (i << 2), f32x4.add(v128.load(sums + (i << 2)), d));
      v128.store(squares + (i << 2), madd(d, d, v128.load(squares + (i << 2))));
    }
  }
  for (let i: usize = 0; start + i < end; i++) {
    const d = load<f32>(x + ((start + i) << 2)) - load<f32>(shift + (i << 2));
    store<f32>(sums + (i << 2), load<f32>(sums + (i << 2)) + d);
    store<f32>(squares + (i << 2), load<f32>(squares + (i << 2)) + d * d);
  }

  const partial = pointerArgument(args, 1) + <usize>item * C * 16;
  for (let c: usize = 0; c < C; c++) {
    const sum = folded(sums, c, C, W);
    store<f64>(partial + (c << 3), <f64>load<f32>(shift + (c << 2)) + sum / <f64>rows);
    store<f64>(partial + ((C + c) << 3), folded(squares, c, C, W) - (sum * sum) / <f64>rows);
  }
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
  for (let start: usize = 0; start < end; start += W) {
    const width = min(W, end - start);
    for (let i: usize = 0; i < width; i += 4) {
      const place = (start + i) << 2;
      const centered = f32x4.sub(v128.load(x + place), v128.load(mean + (i << 2)));
      let z = madd(centered, v128.load(scale + (i << 2)), v128.load(beta + (i << 2)));
      if (adding) z = f32x4.add(z, v128.load(residual + place));
      if (rectify) z = relu(z);
      storeLanes(y + place, z, width - i);
    }
  }
}

