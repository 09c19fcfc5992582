import { relu, storeLanes } from './lanes';
import { exp, exponentialMinusOne, logOfOnePlus, sigmoid, tanh } from './math';
import { floatArgument, intArgument, madd, pointerArgument } from './simd';

// The numbers of src/kernels/activation.ts; p, q, r, s are the parameters of a kind. Kinds up to softsign have their
// gradient in terms of the output, those from gelu on in terms of the input.

// @ts-ignore: decorator
@inline function number(value: f32): v128 {
  return f32x4.splat(value);
}

/** The normal distribution function, to 2e-7 of its value: Numerical Recipes' erfc, by Chebyshev fitting. */
// @ts-ignore: decorator
@inline function normalDistribution(x: v128): v128 {
  const z = f32x4.mul(f32x4.abs(x), number(0.70710678));
  const t = f32x4.div(number(1), madd(z, number(0.5), number(1)));
  let c = madd(t, number(0.17087277), number(-0.82215223));
  c = madd(c, t, number(1.48851587));
  c = madd(c, t, number(-1.13520398));
  c = madd(c, t, number(0.27886807));
  c = madd(c, t, number(-0.18628806));
  c = madd(c, t, number(0.09678418));
  c = madd(c, t, number(0.37409196));
  c = madd(c, t, number(1.00002368));
  c = madd(c, t, number(-1.26551223));
  const half = f32x4.mul(f32x4.mul(t, number(0.5)), exp(f32x4.sub(c, f32x4.mul(z, z))));
  return v128.bitselect(half, f32x4.sub(number(1), half), f32x4.lt(x, number(0)));
}

/** What the gates of geluTanh and hardSilu are computed of: beyond, they are 0 or 1. */
// @ts-ignore: decorator
@inline function bounded(x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, number(-20)), number(20));
}

/** sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)) */
// @ts-ignore: decorator
@inline function tanhGate(x: v128): v128 {
  const inner = madd(f32x4.mul(x, x), number(0.071354816), number(1.5957691));
  return sigmoid(f32x4.mul(x, inner));
}

// @ts-ignore: decorator
@inline function forward(kind: i32, x: v128, p: v128, q: v128, r: v128, s: v128): v128 {
  const zero = number(0);
  const one = number(1);
  if (kind == 0) return relu(x);
  if (kind == 1) return v128.bitselect(f32x4.pmin(x, r), f32x4.mul(f32x4.sub(x, q), p), f32x4.gt(x, q));
  if (kind == 2) return sigmoid(x);
  if (kind == 3) return tanh(x);
  if (kind == 4) {
    const below = f32x4.mul(f32x4.mul(p, q), exponentialMinusOne(x));
    return v128.bitselect(f32x4.mul(x, q), below, f32x4.gt(x, zero));
  }
  if (kind == 5) return f32x4.pmin(f32x4.pmax(f32x4.add(f32x4.mul(x, p), q), r), s);
  if (kind == 6) return f32x4.add(relu(x), logOfOnePlus(exp(f32x4.neg(f32x4.abs(x)))));
  if (kind == 7) return f32x4.div(x, f32x4.add(f32x4.abs(x), one));
  if (kind == 8) return f32x4.mul(x, normalDistribution(x));
  if (kind == 9) return f32x4.mul(x, tanhGate(bounded(x)));
  if (kind == 10) return f32x4.mul(x, sigmoid(x));
  if (kind == 11) {
    const power = exp(f32x4.pmin(x, number(20)));
    const n = f32x4.mul(power, f32x4.add(power, number(2)));
    return f32x4.mul(x, f32x4.div(n, f32x4.add(n, number(2))));
  }
  return f32x4.mul(x, f32x4.pmin(f32x4.pmax(madd(x, number(0.16666667), number(0.5)), zero), one));
}

/** The derivative; `v` is the output, or from gelu on the input. */
// @ts-ignore: decorator
@inline function slope(kind: i32, v: v128, p: v128, q: v128, r: v128, s: v128): v128 {
  const zero = number(0);
  const one = number(1);
  if (kind == 0) return v128.and(f32x4.gt(v, zero), one);
  if (kind == 1) {
    const inside = v128.and(v128.and(f32x4.gt(v, q), f32x4.lt(v, r)), one);
    return v128.bitselect(p, inside, f32x4.lt(v, zero));
  }
  if (kind == 2) return f32x4.mul(v, f32x4.sub(one, v));
  if (kind == 3) return f32x4.sub(one, f32x4.mul(v, v));
  if (kind == 4) return v128.bitselect(q, f32x4.add(v, f32x4.mul(p, q)), f32x4.gt(v, zero));
  if (kind == 5) return v128.and(v128.and(f32x4.gt(v, r), f32x4.lt(v, s)), p);
  if (kind == 6) return f32x4.neg(exponentialMinusOne(f32x4.neg(v)));
  if (kind == 7) {
    const rest = f32x4.sub(one, f32x4.abs(v));
    return f32x4.mul(rest, rest);
  }
  if (kind == 8) {
    const density = f32x4.mul(number(0.39894228), exp(f32x4.mul(f32x4.mul(v, v), number(-0.5))));
    return madd(v, density, normalDistribution(v));
  }
  if (kind == 9) {
    const x = bounded(v);
    const gate = tanhGate(x);
    const inner = madd(f32x4.mul(x, x), number(0.21406445), number(1.5957691));
    return f32x4.mul(gate, madd(f32x4.mul(x, f32x4.sub(one, gate)), inner, one));
  }
  if (kind == 10) {
    const gate = sigmoid(v);
    return f32x4.mul(gate, madd(v, f32x4.sub(one, gate), one));
  }
  if (kind == 11) {
    const power = exp(f32x4.pmin(v, number(20)));
    const n = f32x4.mul(power, f32x4.add(power, number(2)));
    const reciprocal = f32x4.div(one, f32x4.add(n, number(2)));
    const rise = f32x4.mul(f32x4.mul(power, f32x4.add(power, one)), f32x4.mul(reciprocal, reciprocal));
    return madd(f32x4.mul(v, number(4)), rise, f32x4.mul(n, reciprocal));
  }
  const middle = v128.andnot(madd(v, number(0.33333333), number(0.5)), f32x4.le(v, number(-3)));
  return v128.bitselect(one, middle, f32x4.ge(v, number(3)));
}

// @ts-ignore: decorator
@inline function each(kind: i32, args: usize, item: i32): void {
  const itemLength = <usize>intArgument(args, 3);
  const first = <usize>item * itemLength;
  const x = pointerArgument(args, 0) + (first << 2);
  const y = pointerArgument(args, 1) + (first << 2);
  const length = min(itemLength, <usize>intArgument(args, 2) - first);
  const p = number(floatArgument(args, 5));
  const q = number(floatArgument(args, 6));
  const r = number(floatArgument(args, 7));
  const s = number(floatArgument(args, 8));
  for (let i: usize = 0; i < length; i += 4) {
    storeLanes(y + (i << 2), forward(kind, v128.load(x + (i << 2)), p, q, r, s), length - i);
  }
}

// @ts-ignore: decorator
@inline function eachGradient(kind: i32, args: usize, item: i32): void {
  const itemLength = <usize>intArgument(args, 3);
  const first = <usize>item * itemLength;
  const v = pointerArgument(args, 0) + (first << 2);
  const dx = pointerArgument(args, 1) + (first << 2);
  const dy = pointerArgument(args, 9) + (first << 2);
  const length = min(itemLength, <usize>intArgument(args, 2) - first);
  const p = number(floatArgument(args, 5));
  const q = number(floatArgument(args, 6));
  const r = number(floatArgument(args, 7));
  const s = number(floatArgument(args, 8));
  for (let i: usize = 0; i < length; i += 4) {
    const gradient = f32x4.mul(v128.load(dy + (i << 2)), slope(kind, v128.load(v + (i << 2)), p, q, r, s));
    storeLanes(dx + (i << 2), gradient, length - i);
  }
}

/** y[i] = f(x[i]). args: x, y, length, itemLength, kind, p, q, r, s */
export function activate(args: usize, item: i32, scratch: usize): void {
  switch (intArgument(args, 4)) {
    case 0: return each(0, args, item);
    case 1: return each(1, args, item);
    case 2: return each(2, args, item);
    case 3: return each(3, args, item);
    case 4: return each(4, args, item);
    case 5: return each(5, args, item);
    case 6: return each(6, args, item);
    case 7: return each(7, args, item);
    case 8: return each(8, args, item);
    case 9: return each(9, args, item);
    case 10: return each(10, args, item);
    case 11: return each(11, args, item);
    default: return each(12, args, item);
  }
}

/** dx[i] = dy[i] f'(v[i]). args: v (output or input), dx, length, itemLength, kind, p, q, r, s, dy */
export function activateGradient(args: usize, item: i32, scratch: usize): void {
  switch (intArgument(args, 4)) {
    case 0: return eachGradient(0, args, item);
    case 1: return eachGradient(1, args, item);
    case 2: return eachGradient(2, args, item);
    case 3: return eachGradient(3, args, item);
    case 4: return eachGradient(4, args, item);
    case 5: return eachGradient(5, args, item);
    case 6: return eachGradient(6, args, item);
    case 7: return eachGradient(7, args, item);
    case 8: return eachGradient(8, args, item);
    case 9: return eachGradient(9, args, item);
    case 10: return eachGradient(10, args, item);
    case 11: return eachGradient(11, args, item);
    default: return eachGradient(12, args, item);
  }
}
