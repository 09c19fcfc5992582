// Reference formulas of activation functions, out of stock ops.
import {
  abs,
  add,
  cast,
  clipByValue,
  div,
  erf,
  exp,
  expm1,
  greater,
  greaterEqual,
  less,
  log1p,
  logSoftmax,
  logicalAnd,
  minimum,
  mul,
  neg,
  relu,
  sigmoid,
  softmax,
  square,
  sub,
  sum,
  tanh,
  where,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { maskByOutput } from './mask.ts';

/** Functions whose derivative follows from their output y. */
export type OutputActivation =
  | 'relu'
  | 'rectifier'
  | 'sigmoid'
  | 'tanh'
  | 'elu'
  | 'clip'
  | 'softplus'
  | 'softsign'
  | 'softmax'
  | 'logSoftmax';

/** Functions x gate(x), which are not monotonous: their derivative needs x. */
export type GatedActivation = 'gelu' | 'geluTanh' | 'silu' | 'mish' | 'hardSilu';

export type ActivationFunctionName = OutputActivation | GatedActivation;

type Numbers = readonly number[];
type OutputFunction = {
  forward(x: Tensor, parameters: Numbers): Tensor;
  backward(dy: Tensor, y: Tensor, parameters: Numbers): Tensor;
};
type GatedFunction = { forward(x: Tensor): Tensor; derivative(x: Tensor): Tensor };

const between = (y: Tensor, low: number, high: number): Tensor =>
  cast(logicalAnd(greater(y, low), less(y, high)), 'float32');

export const outputActivations: Record<OutputActivation, OutputFunction> = {
  relu: { forward: (x) => relu(x), backward: maskByOutput },
  /** slope, threshold, largest: x where x > threshold, but at most `largest`; else slope (x - threshold) */
  rectifier: {
    forward: (x, [slope, threshold, largest]) =>
      where(greater(x, threshold!), minimum(x, largest!), mul(sub(x, threshold!), slope!)),
    backward: (dy, y, [slope, threshold, largest]) =>
      mul(dy, add(between(y, threshold!, largest!), mul(cast(less(y, 0), 'float32'), slope!))),
  },
  sigmoid: { forward: (x) => sigmoid(x), backward: (dy, y) => mul(dy, mul(y, sub(1, y))) },
  tanh: { forward: (x) => tanh(x), backward: (dy, y) => mul(dy, sub(1, mul(y, y))) },
  /** alpha, scale: scale x where x > 0, else scale alpha (exp(x) - 1) */
  elu: {
    forward: (x, [alpha, scale]) => add(mul(relu(x), scale!), mul(expm1(minimum(x, 0)), scale! * alpha!)),
    backward: (dy, y, [alpha, scale]) => mul(dy, where(greater(y, 0), scale!, add(y, scale! * alpha!))),
  },
  /** slope, offset, low, high: slope x + offset, held between low and high */
  clip: {
    forward: (x, [slope, offset, low, high]) => clipByValue(add(mul(x, slope!), offset!), low!, high!),
    backward: (dy, y, [slope, , low, high]) => mul(dy, mul(between(y, low!, high!), slope!)),
  },
  softplus: {
    forward: (x) => add(relu(x), log1p(exp(neg(abs(x))))),
    backward: (dy, y) => mul(dy, neg(expm1(neg(y)))),
  },
  softsign: { forward: (x) => div(x, add(abs(x), 1)), backward: (dy, y) => mul(dy, square(sub(1, abs(y)))) },
  softmax: { forward: (x) => softmax(x), backward: (dy, y) => mul(sub(dy, sum(mul(dy, y), -1, true)), y) },
  logSoftmax: { forward: (x) => logSoftmax(x), backward: (dy, y) => sub(dy, mul(exp(y), sum(dy, -1, true))) },
};

// sqrt(2 / pi) (x + 0.044715 x^3), twice: 1 + tanh(u) = 2 sigmoid(2u)
const tanhArgument = (x: Tensor): Tensor => mul(add(x, mul(mul(square(x), x), 0.044715)), 2 * Math.sqrt(2 / Math.PI));
const tanhArgumentSlope = (x: Tensor): Tensor => mul(add(mul(square(x), 3 * 0.044715), 1), 2 * Math.sqrt(2 / Math.PI));
const normalDistribution = (x: Tensor): Tensor => mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
const normalDensity = (x: Tensor): Tensor => mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
const bounded = (x: Tensor): Tensor => clipByValue(x, -20, 20); // beyond, gates are 0 or 1 to float32
/** tanh(softplus(x)) = n / (n + 2) with n = e^x (e^x + 2). */
const mishTerm = (x: Tensor): { power: Tensor; n: Tensor } => {
  const power = exp(minimum(x, 20));
  return { power, n: mul(power, add(power, 2)) };
};

export const gatedActivations: Record<GatedActivation, GatedFunction> = {
  gelu: {
    forward: (x) => mul(x, normalDistribution(x)),
    derivative: (x) => add(normalDistribution(x), mul(x, normalDensity(x))),
  },
  geluTanh: {
    forward: (x) => mul(x, sigmoid(tanhArgument(bounded(x)))),
    derivative(x) {
      const near = bounded(x);
      const gate = sigmoid(tanhArgument(near));
      return mul(gate, add(1, mul(mul(near, sub(1, gate)), tanhArgumentSlope(near))));
    },
  },
  silu: {
    forward: (x) => mul(x, sigmoid(x)),
    derivative(x) {
      const gate = sigmoid(x);
      return mul(gate, add(1, mul(x, sub(1, gate))));
    },
  },
  mish: {
    forward(x) {
      const { n } = mishTerm(x);
      return mul(x, div(n, add(n, 2)));
    },
    derivative(x) {
      const { power, n } = mishTerm(x);
      const slope = div(mul(mul(power, add(power, 1)), 4), square(add(n, 2)));
      return add(div(n, add(n, 2)), mul(x, slope));
    },
  },
  hardSilu: {
    forward: (x) => mul(x, clipByValue(add(div(x, 6), 0.5), 0, 1)),
    derivative: (x) => where(greaterEqual(x, 3), 1, mul(add(div(x, 3), 0.5), cast(greater(x, -3), 'float32'))),
  },
};
