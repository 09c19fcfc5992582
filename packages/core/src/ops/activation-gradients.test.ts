import { dispose, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { apart, checkGradients, seed, type GradientCase } from '../testing/check-gradients.ts';
import { cpu } from '../testing.ts';
import { use } from '../use.ts';
import * as ops from './index.ts';

const records: (ops.ActivationKind | ops.ActivationRecord)[] = [
  ...ops.activationKinds,
  { type: 'relu', maxValue: 1.5, negativeSlope: 0.2, threshold: 0.7 },
  { type: 'leakyRelu', negativeSlope: 0.05 },
  { type: 'elu', alpha: 0.4 },
  { type: 'gelu', approximate: 'tanh' },
  { type: 'hardTanh', minimum: -0.6, maximum: 1.3 },
];

const cases: GradientCase[] = records.map((record) => ({
  name: `activation ${JSON.stringify(record)}`,
  inputs: { x: [5, 9] },
  compute: ({ x }) => ops.activation(x!, record),
  // Distinct values, so that no corner lies within a small step; twice as wide, so that every piece is met.
  values: (shape) => apart(shape).map((value) => value * 2.01),
  step: 1e-3,
}));

/** Formulas in float64, one number at a time. */
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const rows: Record<string, (x: number) => number> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(Math.max(0, x), 6),
  leakyRelu: (x) => (x > 0 ? x : 0.3 * x),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  gelu: (x) => x * normalDistribution(x),
  silu: (x) => x * sigmoid(x),
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  softplus: (x) => Math.log1p(Math.exp(x)),
  softsign: (x) => x / (1 + Math.abs(x)),
  sigmoid,
  tanh: Math.tanh,
  hardSigmoid: (x) => Math.min(Math.max(0, x + 3), 6) / 6,
  hardSilu: (x) => (x * Math.min(Math.max(0, x + 3), 6)) / 6,
  hardTanh: (x) => Math.min(Math.max(x, -1), 1),
};
/** By the series of the error function. */
function normalDistribution(x: number): number {
  if (Math.abs(x) > 8) return x > 0 ? 1 : 0;
  let [term, total] = [x, x];
  for (let n = 1; n < 200; n++) {
    term *= (x * x) / (2 * n + 1);
    total += term;
  }
  return 0.5 + (total * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

describe(`activations (seed ${seed})`, () => {
  beforeAll(() => use(cpu()));

  it.each(cases)('$name has the gradient of its values', checkGradients);

  it.each(Object.keys(rows) as ops.ActivationKind[])('%s is its formula', async (kind) => {
    const points = [-30, -6, -3.5, -3, -2.2, -1, -0.3, 0, 0.01, 0.8, 1, 2.9, 3, 3.1, 5.9, 6, 6.5, 30];
    const x = tensor(points);
    const y = ops.activation(x, kind);
    const values = await y.data();
    for (const [index, point] of points.entries()) {
      const wanted = rows[kind]!(point);
      expect(Math.abs(values[index]! - wanted), `at ${point}`).toBeLessThan(1e-6 + 1e-6 * Math.abs(wanted));
    }
    dispose([x, y]);
  });

  it('options change the values', async () => {
    const read = async (record: ops.ActivationRecord): Promise<number[]> => {
      const x = tensor([-2, -0.5, 0.5, 2]);
      const y = ops.activation(x, record);
      const values = Array.from(await y.data<'float32'>(), (value) => Math.round(value * 1e4) / 1e4 + 0);
      dispose([x, y]);
      return values;
    };
    expect(await read({ type: 'relu', maxValue: 1.5 })).toEqual([0, 0, 0.5, 1.5]);
    expect(await read({ type: 'relu', negativeSlope: 0.1 })).toEqual([-0.2, -0.05, 0.5, 2]);
    expect(await read({ type: 'relu', threshold: 1 })).toEqual([0, 0, 0, 2]);
    expect(await read({ type: 'relu', threshold: 1, negativeSlope: 0.1 })).toEqual([-0.3, -0.15, -0.05, 2]);
    expect(await read({ type: 'leakyRelu', negativeSlope: 0.01 })).toEqual([-0.02, -0.005, 0.5, 2]);
    expect(await read({ type: 'elu', alpha: 2 })).toEqual([-1.7293, -0.7869, 0.5, 2]);
    expect(await read({ type: 'gelu', approximate: 'tanh' })).toEqual([-0.0454, -0.1543, 0.3457, 1.9546]);
    expect(await read({ type: 'gelu', approximate: 'none' })).toEqual([-0.0455, -0.1543, 0.3457, 1.9545]);
    expect(await read({ type: 'hardTanh', minimum: -0.25, maximum: 0.75 })).toEqual([-0.25, -0.25, 0.5, 0.75]);
  });

  it('refuses what it cannot do', () => {
    const make = (activation: unknown) => (): unknown => ops.resolveActivation('dense', activation as 'relu');
    expect(make('rleu')).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dense: activation is "rleu", which is no known activation. Did you mean 'relu'? Known: linear, relu, relu6, leakyRelu, elu, selu, gelu, silu, mish, softplus, softsign, sigmoid, tanh, hardSigmoid, hardSilu, hardTanh, softmax, logSoftmax. A function (x) => tensor works too.]`,
    );
    expect(make('hardSwish')).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dense: activation is "hardSwish", which is no known activation. Did you mean 'hardSilu'? Known: linear, relu, relu6, leakyRelu, elu, selu, gelu, silu, mish, softplus, softsign, sigmoid, tanh, hardSigmoid, hardSilu, hardTanh, softmax, logSoftmax. A function (x) => tensor works too.]`,
    );
    expect(make('toString')).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dense: activation is "toString", which is no known activation. Known: linear, relu, relu6, leakyRelu, elu, selu, gelu, silu, mish, softplus, softsign, sigmoid, tanh, hardSigmoid, hardSilu, hardTanh, softmax, logSoftmax. A function (x) => tensor works too.]`,
    );
    expect(make({ type: 'leakyRelu', alpha: 0.2 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dense: activation: there is no option 'alpha'. Known: negativeSlope.]`,
    );
    expect(make({ type: 'tanh', slope: 0.2 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dense: activation: there is no option 'slope'. It has none.]`,
    );
    expect(make({ type: 'leakyRelu', negativeSlope: -0.2 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dense: activation: negativeSlope is -0.2, but must be finite and at least 0.]`,
    );
    expect(make({ type: 'elu', alpha: NaN })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dense: activation: alpha is NaN, but must be finite and at least 0.]`,
    );
    expect(make({ type: 'relu', threshold: 2, maxValue: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dense: activation: maxValue is 1, but must be null or at least threshold, 2.]`,
    );
    expect(make({ type: 'gelu', approximate: true })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dense: activation: approximate is true. Known: none, tanh.]`,
    );
    expect(make({ type: 'hardTanh', minimum: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dense: activation: minimum is 1 and maximum 1, but minimum must be smaller.]`,
    );
  });
});
