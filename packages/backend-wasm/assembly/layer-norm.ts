import { firstLanes, storeLanes, sumOfLanes } from './lanes';
import { floatArgument, intArgument, madd, pointerArgument } from './simd';

// x is rows of `size` numbers, each row normalised by itself. Sums of a block of a row are float32, their sum float64.
const BLOCK: usize = 4096;

/** args: x, y, mean [rows], variance [rows], rows, size, rowsPerItem, gamma [size], beta [size], epsilon */
export function layerNorm(args: usize, item: i32, scratch: usize): void {
  const size = <usize>intArgument(args, 5);
  const rowsPerItem = <usize>intArgument(args, 6);
  const first = <usize>item * rowsPerItem;
  const last = min(first + rowsPerItem, <usize>intArgument(args, 4));
  const gamma = pointerArgument(args, 7);
  const beta = pointerArgument(args, 8);
  for (let row = first; row < last; row++) {
    const x = pointerArgument(args, 0) + row * size * 4;
    const y = pointerArgument(args, 1) + row * size * 4;
    const mean = <f32>(sumOf(false, x, size, f32x4.splat(0)) / <f64>size);
    const center = f32x4.splat(mean);
    const variance = <f32>(sumOf(true, x, size, center) / <f64>size);
    store<f32>(pointerArgument(args, 2) + (row << 2), mean);
    store<f32>(pointerArgument(args, 3) + (row << 2), variance);
    const inverse = f32x4.splat(inverseOf(variance, args, 9));
    for (let i: usize = 0; i < size; i += 4) {
      const z = f32x4.mul(f32x4.sub(v128.load(x + (i << 2)), center), inverse);
      storeLanes(y + (i << 2), madd(z, v128.load(gamma + (i << 2)), v128.load(beta + (i << 2))), size - i);
    }
  }
}

/** Sum of x - center, or of its squares. */
// @ts-ignore: decorator
@inline function sumOf(squared: bool, x: usize, size: usize, center: v128): f64 {
  let total: f64 = 0;
  for (let start: usize = 0; start < size; start += BLOCK) {
    const end = min(start + BLOCK, size);
    const whole = start + ((end - start) & ~3);
    let sum = f32x4.splat(0);
    for (let i = start; i < whole; i += 4) {
      const d = f32x4.sub(v128.load(x + (i << 2)), center);
      sum = squared ? madd(d, d, sum) : f32x4.add(sum, d);
    }
    if (whole < end) {
      const d = firstLanes(f32x4.sub(v128.load(x + (whole << 2)), center), end - whole, f32x4.splat(0));
      sum = squared ? madd(d, d, sum) : f32x4.add(sum, d);
    }
    total += <f64>sumOfLanes(sum);
  }
  return total;
}

// @ts-ignore: decorator
@inline function inverseOf(variance: f32, args: usize, epsilon: i32): f32 {
  return <f32>(1 / Math.sqrt(<f64>variance + <f64>floatArgument(args, epsilon)));
}

/**
 * dx, and what the item's rows add to dGamma and dBeta.
 * args: dy, x, mean, variance, rows, size, rowsPerItem, gamma, dx, epsilon, partials (f32 [items, 2, size padded to 4])
 */
export function layerNormGradient(args: usize, item: i32, scratch: usize): void {
  const size = <usize>intArgument(args, 5);
  const rowsPerItem = <usize>intArgument(args, 6);
  const first = <usize>item * rowsPerItem;
  const last = min(first + rowsPerItem, <usize>intArgument(args, 4));
  const gamma = pointerArgument(args, 7);
  const plane = ((size + 3) & ~3) << 2;
  const dGamma = pointerArgument(args, 10) + <usize>item * plane * 2;
  const dBeta = dGamma + plane;
  memory.fill(dGamma, 0, plane * 2);
  for (let row = first; row < last; row++) {
    const dy = pointerArgument(args, 0) + row * size * 4;
    const x = pointerArgument(args, 1) + row * size * 4;
    const dx = pointerArgument(args, 8) + row * size * 4;
    const mean = f32x4.splat(load<f32>(pointerArgument(args, 2) + (row << 2)));
    const deviation = inverseOf(load<f32>(pointerArgument(args, 3) + (row << 2)), args, 9);
    const inverse = f32x4.splat(deviation);
    let sum: f64 = 0;
    let product: f64 = 0;
    for (let start: usize = 0; start < size; start += BLOCK) {
      const end = min(start + BLOCK, size);
      let sums = f32x4.splat(0);
      let products = sums;
      for (let i = start; i < end; i += 4) {
        const place = i << 2;
        let d = v128.load(dy + place);
        let z = f32x4.mul(f32x4.sub(v128.load(x + place), mean), inverse);
        let factor = v128.load(gamma + place);
        if (i + 4 > end) {
          // Beyond the end there may be anything, NaN too.
          d = firstLanes(d, end - i, f32x4.splat(0));
          z = firstLanes(z, end - i, f32x4.splat(0));
          factor = firstLanes(factor, end - i, f32x4.splat(0));
        }
        v128.store(dGamma + place, madd(d, z, v128.load(dGamma + place)));
        v128.store(dBeta + place, f32x4.add(v128.load(dBeta + place), d));
        const scaled = f32x4.mul(d, factor);
        sums = f32x4.add(sums, scaled);
        products = madd(scaled, z, products);
      }
      sum += <f64>sumOfLanes(sums);
      product += <f64>sumOfLanes(products);
    }
    const shift = f32x4.splat(<f32>(sum / <f64>size));
    const slope = f32x4.neg(f32x4.splat(<f32>(product / <f64>size)));
    for (let i: usize = 0; i < size; i += 4) {
      const place = i << 2;
      const z = f32x4.mul(f32x4.sub(v128.load(x + place), mean), inverse);
      const scaled = f32x4.mul(v128.load(dy + place), v128.load(gamma + place));
      storeLanes(dx + place, f32x4.mul(madd(z, slope, f32x4.sub(scaled, shift)), inverse), size - i);
    }
  }
}

/** dGamma and dBeta of the items together. args: partials, dGamma, dBeta, size, items, placesPerItem (a multiple of 4) */
export function layerNormGradientCombine(args: usize, item: i32, scratch: usize): void {
  const size = <usize>intArgument(args, 3);
  const items = <usize>intArgument(args, 4);
  const perItem = <usize>intArgument(args, 5);
  const plane = ((size + 3) & ~3) << 2;
  const first = <usize>item * perItem;
  const last = min(first + perItem, size);
  for (let i = first; i < last; i += 4) {
    const place = pointerArgument(args, 0) + (i << 2);
    storeLanes(pointerArgument(args, 1) + (i << 2), sumOfPlanes(place, plane * 2, items), size - i);
    storeLanes(pointerArgument(args, 2) + (i << 2), sumOfPlanes(place + plane, plane * 2, items), size - i);
  }
}

/** Sums of four neighbours over planes, in float64. */
// @ts-ignore: decorator
@inline function sumOfPlanes(place: usize, step: usize, count: usize): v128 {
  let low = f64x2.splat(0);
  let high = low;
  for (let i: usize = 0; i < count; i++) {
    const value = v128.load(place + i * step);
    low = f64x2.add(low, f64x2.promote_low_f32x4(value));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i32>(value, value, 2, 3, 2, 3)));
  }
  return v128.shuffle<i32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}
