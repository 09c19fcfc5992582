import { folded, spread } from './batch-norm-rows';
import { firstLanes, storeLanes } from './lanes';
import { floatArgument, intArgument, madd, pointerArgument } from './simd';

/** dy where the output was positive. */
// @ts-ignore: decorator
@inline function masked(rectified: bool, dy: v128, y: v128): v128 {
  return rectified ? v128.and(dy, f32x4.gt(y, f32x4.splat(0))) : dy;
}

/**
 * Sums over one item's rows of dz and dz * (x - mean), per channel as float64; dz itself is kept where it is wanted.
 * args: dy, x, rows, C, group, rowsPerItem, y (0: none), mean, partials (f64 [items, 2, C]), dz (0: not wanted; only
 * with y); scratch 3 W + 8 floats
 */
export function batchNormGradientSums(args: usize, item: i32, scratch: usize): void {
  if (!pointerArgument(args, 6)) sumGradients(false, false, args, item, scratch);
  else if (pointerArgument(args, 9)) sumGradients(true, true, args, item, scratch);
  else sumGradients(true, false, args, item, scratch);
}

// @ts-ignore: decorator
@inline function sumGradients(rectified: bool, keeping: bool, args: usize, item: i32, scratch: usize): void {
  const C = <usize>intArgument(args, 3);
  const W = C * <usize>intArgument(args, 4);
  const rowsPerItem = <usize>intArgument(args, 5);
  const first = <usize>item * rowsPerItem;
  const offset = first * C * 4;
  const end = min(rowsPerItem, <usize>intArgument(args, 2) - first) * C;
  const dy = pointerArgument(args, 0) + offset;
  const x = pointerArgument(args, 1) + offset;
  const y = pointerArgument(args, 6) + offset;
  const kept = pointerArgument(args, 9) + offset;
  const mean = scratch;
  const sums = mean + (W << 2);
  const products = sums + (W << 2);
  spread(pointerArgument(args, 7), C, mean, W);
  memory.fill(sums, 0, W << 3);
  for (let start: usize = 0; start < end; start += W) {
    const width = min(W, end - start);
    for (let i: usize = 0; i < width; i += 4) {
      const place = (start + i) << 2;
      let dz = masked(rectified, v128.load(dy + place), v128.load(y + place));
      let centered = f32x4.sub(v128.load(x + place), v128.load(mean + (i << 2)));
      if (keeping) storeLanes(kept + place, dz, width - i);
      if (i + 4 > width) {
        // Beyond the end there may be anything, NaN too.
        dz = firstLanes(dz, width - i, f32x4.splat(0));
        centered = firstLanes(centered, width - i, f32x4.splat(0));
      }
      v128.store(sums + (i << 2), f32x4.add(v128.load(sums + (i << 2)), dz));
      v128.store(products + (i << 2), madd(dz, centered, v128.load(products + (i << 2))));
    }
  }
  const partial = pointerArgument(args, 8) + <usize>item * C * 16;
  for (let c: usize = 0; c < C; c++) {
    store<f64>(partial + (c << 3), folded(sums, c, C, W));
    store<f64>(partial + ((C + c) << 3), folded(products, c, C, W));
  }
}

/**
 * dGamma and dBeta from the items' sums, and what the input gradient needs, dx = scale * (dz - shift - slope * (x - mean)).
 * args: partials, C, items, gamma, variance, epsilon, rows (0: mean and variance are constants), dGamma, dBeta,
 * coefficients (f32 [3, C]: scale, shift, slope); an item is 32 channels
 */
export function batchNormGradientCombine(args: usize, item: i32, scratch: usize): void {
  const partials = pointerArgument(args, 0);
  const C = <usize>intArgument(args, 1);
  const items = <usize>intArgument(args, 2);
  const epsilon = floatArgument(args, 5);
  const rows = <f64>intArgument(args, 6);
  const coefficients = pointerArgument(args, 9);
  const first = <usize>item * 32;
  const last = min(first + 32, C);
  for (let c = first; c < last; c++) {
    let sum: f64 = 0;
    let product: f64 = 0;
    for (let i: usize = 0; i < items; i++) {
      sum += load<f64>(partials + (i * C * 2 + c) * 8);
      product += load<f64>(partials + (i * C * 2 + C + c) * 8);
    }
    const inverse = 1 / Math.sqrt(<f64>load<f32>(pointerArgument(args, 4) + (c << 2)) + <f64>epsilon);
    const gamma = <f64>load<f32>(pointerArgument(args, 3) + (c << 2));
    store<f32>(pointerArgument(args, 7) + (c << 2), <f32>(product * inverse));
    store<f32>(pointerArgument(args, 8) + (c << 2), <f32>sum);
    const share = rows > 0 ? 1 / rows : 0;
    store<f32>(coefficients + (c << 2), <f32>(gamma * inverse));
    store<f32>(coefficients + ((C + c) << 2), <f32>(sum * share));
    store<f32>(coefficients + ((2 * C + c) << 2), <f32>(product * inverse * inverse * share));
  }
}

/**
 * dx = scale * (dz - shift - slope * (x - mean)).
 * args: dy, x, rows, C, group, rowsPerItem, y (0: none), mean, coefficients, dx; scratch 4 W floats
 */
export function batchNormGradientApply(args: usize, item: i32, scratch: usize): void {
  if (pointerArgument(args, 6)) applyGradient(true, args, item, scratch);
  else applyGradient(false, args, item, scratch);
}

// @ts-ignore: decorator
@inline function applyGradient(rectified: bool, args: usize, item: i32, scratch: usize): void {
  const C = <usize>intArgument(args, 3);
  const W = C * <usize>intArgument(args, 4);
  const rowsPerItem = <usize>intArgument(args, 5);
  const first = <usize>item * rowsPerItem;
  const offset = first * C * 4;
  const end = min(rowsPerItem, <usize>intArgument(args, 2) - first) * C;
  const dy = pointerArgument(args, 0) + offset;
  const x = pointerArgument(args, 1) + offset;
  const y = pointerArgument(args, 6) + offset;
  const dx = pointerArgument(args, 9) + offset;
  const coefficients = pointerArgument(args, 8);
  const mean = scratch;
  const scale = mean + (W << 2);
  const shift = scale + (W << 2);
  const slope = shift + (W << 2);
  spread(pointerArgument(args, 7), C, mean, W);
  spread(coefficients, C, scale, W);
  spread(coefficients + (C << 2), C, shift, W);
  spread(coefficients + (C << 3), C, slope, W);
  for (let start: usize = 0; start < end; start += W) {
    const width = min(W, end - start);
    for (let i: usize = 0; i < width; i += 4) {
      const place = (start + i) << 2;
      const dz = masked(rectified, v128.load(dy + place), v128.load(y + place));
      const centered = f32x4.sub(v128.load(x + place), v128.load(mean + (i << 2)));
      const rest = f32x4.sub(dz, v128.load(shift + (i << 2)));
      const value = madd(f32x4.neg(centered), v128.load(slope + (i << 2)), rest);
      storeLanes(dx + place, f32x4.mul(value, v128.load(scale + (i << 2))), width - i);
    }
  }
}
