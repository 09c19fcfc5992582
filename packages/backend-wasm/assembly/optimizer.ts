import { storeLanes } from './lanes';
import { floatArgument, intArgument, madd, pointerArgument } from './simd';

// All parameters in one job: each is a record of `recordLength` words from `records` on, that begins with its length,
// the number of its first item and its own weight decay. An item is a block of itemLength elements of one parameter.

/** Index in args of the record that the item belongs to. */
// @ts-ignore: decorator
@inline function recordOf(args: usize, item: i32, records: i32, recordLength: i32, count: i32): i32 {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (intArgument(args, records + middle * recordLength + 1) <= item) low = middle;
    else high = middle - 1;
  }
  return records + low * recordLength;
}

/**
 * g = gradient + decay * p; v = momentum * v + g; p = p - learningRate * (nesterov ? g + momentum * v : v).
 * args: count, itemLength, learningRate, momentum, nesterov; records: length, first item, decay, parameter, gradient,
 * velocity (0: no momentum), new parameter, new velocity
 */
export function sgd(args: usize, item: i32, scratch: usize): void {
  const itemLength = <usize>intArgument(args, 1);
  const record = recordOf(args, item, 5, 8, intArgument(args, 0));
  const start = <usize>(item - intArgument(args, record + 1)) * itemLength;
  const length = min(itemLength, <usize>intArgument(args, record) - start);
  const offset = start << 2;
  const step = f32x4.splat(-floatArgument(args, 2));
  const momentum = f32x4.splat(floatArgument(args, 3));
  const nesterov = intArgument(args, 4);
  const decay = f32x4.splat(floatArgument(args, record + 2));
  const parameter = pointerArgument(args, record + 3) + offset;
  const gradient = pointerArgument(args, record + 4) + offset;
  const moving = pointerArgument(args, record + 5);
  const velocity = moving + offset;
  const newParameter = pointerArgument(args, record + 6) + offset;
  const newVelocity = pointerArgument(args, record + 7) + offset;
  for (let i: usize = 0; i < length; i += 4) {
    const place = i << 2;
    const p = v128.load(parameter + place);
    const g = madd(decay, p, v128.load(gradient + place));
    let direction = g;
    if (moving) {
      const v = madd(momentum, v128.load(velocity + place), g);
      storeLanes(newVelocity + place, v, length - i);
      direction = nesterov ? madd(momentum, v, g) : v;
    }
    storeLanes(newParameter + place, madd(step, direction, p), length - i);
  }
}

/**
 * p = p * shrink; g = gradient + decay * p; m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g^2;
 * p = p - rate * m / (sqrt(v) / bias + epsilon).
 * args: count, itemLength, rate (learning rate over the mean's bias correction), 1 / bias, beta1, 1 - beta1, beta2,
 * 1 - beta2, epsilon; records: length, first item, decay, shrink, parameter, gradient, mean, variance, new parameter,
 * new mean, new variance
 */
export function adam(args: usize, item: i32, scratch: usize): void {
  const itemLength = <usize>intArgument(args, 1);
  const record = recordOf(args, item, 9, 11, intArgument(args, 0));
  const start = <usize>(item - intArgument(args, record + 1)) * itemLength;
  const length = min(itemLength, <usize>intArgument(args, record) - start);
  const offset = start << 2;
  const step = f32x4.splat(-floatArgument(args, 2));
  const correction = f32x4.splat(floatArgument(args, 3));
  const beta1 = f32x4.splat(floatArgument(args, 4));
  const rest1 = f32x4.splat(floatArgument(args, 5));
  const beta2 = f32x4.splat(floatArgument(args, 6));
  const rest2 = f32x4.splat(floatArgument(args, 7));
  const epsilon = f32x4.splat(floatArgument(args, 8));
  const decay = f32x4.splat(floatArgument(args, record + 2));
  const shrink = f32x4.splat(floatArgument(args, record + 3));
  const parameter = pointerArgument(args, record + 4) + offset;
  const gradient = pointerArgument(args, record + 5) + offset;
  const mean = pointerArgument(args, record + 6) + offset;
  const variance = pointerArgument(args, record + 7) + offset;
  const newParameter = pointerArgument(args, record + 8) + offset;
  const newMean = pointerArgument(args, record + 9) + offset;
  const newVariance = pointerArgument(args, record + 10) + offset;
  for (let i: usize = 0; i < length; i += 4) {
    const place = i << 2;
    const p = v128.load(parameter + place);
    const g = madd(decay, p, v128.load(gradient + place));
    const m = madd(beta1, v128.load(mean + place), f32x4.mul(rest1, g));
    const v = madd(beta2, v128.load(variance + place), f32x4.mul(rest2, f32x4.mul(g, g)));
    const direction = f32x4.div(m, madd(f32x4.sqrt(v), correction, epsilon));
    storeLanes(newMean + place, m, length - i);
    storeLanes(newVariance + place, v, length - i);
    storeLanes(newParameter + place, madd(step, direction, f32x4.mul(p, shrink)), length - i);
  }
}
