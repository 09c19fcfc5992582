import { storeLanes } from './lanes';
import { power } from './power';
import { floatArgument, intArgument, madd, pointerArgument } from './simd';

// Arguments of both: x, y or dx, pixels, C, pixelsPerItem, size, alpha, beta, k, dy (gradient only).
// scratch: squares with zeros around them; then, for gradients, powers and scaled gradients: 3 C + 4 size + 20 floats.

/** y = x / (k + alpha * sum of squares of neighbours)^beta */
export function localResponseNorm(args: usize, item: i32, scratch: usize): void {
  const C = <usize>intArgument(args, 3);
  const perItem = <usize>intArgument(args, 4);
  const first = <usize>item * perItem;
  const last = min(first + perItem, <usize>intArgument(args, 2));
  const size = <usize>intArgument(args, 5);
  const squares = clear(scratch, C, size);
  for (let pixel = first; pixel < last; pixel++) {
    const x = pointerArgument(args, 0) + pixel * C * 4;
    const y = pointerArgument(args, 1) + pixel * C * 4;
    square(x, squares, C);
    for (let c: usize = 0; c < C; c += 4) {
      const factor = inversePower(denominator(args, squares, c, size), floatArgument(args, 7));
      storeLanes(y + (c << 2), f32x4.mul(v128.load(x + (c << 2)), factor), C - c);
    }
  }
}

/** dx = dy / s^beta - 2 alpha beta x * sum over those that x is a neighbour of, of dy x / s^(beta + 1) */
export function localResponseNormGradient(args: usize, item: i32, scratch: usize): void {
  const C = <usize>intArgument(args, 3);
  const perItem = <usize>intArgument(args, 4);
  const first = <usize>item * perItem;
  const last = min(first + perItem, <usize>intArgument(args, 2));
  const size = <usize>intArgument(args, 5);
  const beta = floatArgument(args, 7);
  const slope = f32x4.splat(-2 * floatArgument(args, 6) * beta);
  const squares = clear(scratch, C, size);
  const powers = squares + ((C + size + 4) << 2);
  const scaled = powers + ((C + size + 4) << 2);
  memory.fill(powers, 0, (2 * C + 2 * size + 16) << 2);
  for (let pixel = first; pixel < last; pixel++) {
    const x = pointerArgument(args, 0) + pixel * C * 4;
    const dx = pointerArgument(args, 1) + pixel * C * 4;
    const dy = pointerArgument(args, 9) + pixel * C * 4;
    square(x, squares, C);
    for (let c: usize = 0; c < C; c += 4) {
      const base = denominator(args, squares, c, size);
      const factor = inversePower(base, beta);
      v128.store(powers + (c << 2), factor);
      const term = f32x4.mul(v128.load(x + (c << 2)), f32x4.mul(v128.load(dy + (c << 2)), f32x4.div(factor, base)));
      storeLanes(scaled + (c << 2), term, C - c);
    }
    const before = size - 1 - size / 2;
    for (let c: usize = 0; c < C; c += 4) {
      const others = f32x4.mul(windowSum(scaled + (c << 2) - (before << 2), size), slope);
      const direct = f32x4.mul(v128.load(dy + (c << 2)), v128.load(powers + (c << 2)));
      storeLanes(dx + (c << 2), madd(v128.load(x + (c << 2)), others, direct), C - c);
    }
  }
}

/** Zeroes the squares and what is around them; gives where they begin. */
// @ts-ignore: decorator
@inline function clear(scratch: usize, C: usize, size: usize): usize {
  memory.fill(scratch, 0, (C + 2 * size + 8) << 2);
  return scratch + (size << 2);
}

// @ts-ignore: decorator
@inline function square(x: usize, squares: usize, C: usize): void {
  for (let c: usize = 0; c < C; c += 4) {
    const value = v128.load(x + (c << 2));
    storeLanes(squares + (c << 2), f32x4.mul(value, value), C - c);
  }
}

// @ts-ignore: decorator
@inline function denominator(args: usize, squares: usize, c: usize, size: usize): v128 {
  const sum = windowSum(squares + (c << 2) - ((size / 2) << 2), size);
  return madd(sum, f32x4.splat(floatArgument(args, 6)), f32x4.splat(floatArgument(args, 8)));
}

// @ts-ignore: decorator
@inline function windowSum(start: usize, size: usize): v128 {
  let sum = v128.load(start);
  for (let i: usize = 1; i < size; i++) sum = f32x4.add(sum, v128.load(start + (i << 2)));
  return sum;
}

/** s^-beta; 0.5, 0.75 and 1, the usual exponents, by roots alone. */
// @ts-ignore: decorator
@inline function inversePower(s: v128, beta: f32): v128 {
  const one = f32x4.splat(1);
  if (beta == 1) return f32x4.div(one, s);
  if (beta == 0.5) return f32x4.div(one, f32x4.sqrt(s));
  if (beta == 0.75) {
    const root = f32x4.div(one, f32x4.sqrt(s));
    return f32x4.mul(root, f32x4.sqrt(root));
  }
  return powers(s, beta);
}

function powers(s: v128, beta: f32): v128 {
  const exponent = -<f64>beta;
  let result = f32x4.splat(<f32>power(<f64>f32x4.extract_lane(s, 0), exponent));
  result = f32x4.replace_lane(result, 1, <f32>power(<f64>f32x4.extract_lane(s, 1), exponent));
  result = f32x4.replace_lane(result, 2, <f32>power(<f64>f32x4.extract_lane(s, 2), exponent));
  return f32x4.replace_lane(result, 3, <f32>power(<f64>f32x4.extract_lane(s, 3), exponent));
}
