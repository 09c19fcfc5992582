import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activation, activationGradient, gatedActivation, gatedActivationGradient } from './activation.ts';
import { data, expectValues, random, startTrials, uniform, type KernelTrials } from '../testing/kernel-trials.ts';

let trials: KernelTrials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

type Formula = { parameters?: number[]; f(x: number): number; slope(x: number): number };

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
/** The normal distribution function: its series up to 5, the continued fraction of its tail beyond. */
function distribution(x: number): number {
  if (x > 0) return 1 - distribution(-x);
  if (x < -5) {
    let fraction = 0;
    for (let n = 60; n > 0; n--) fraction = n / (fraction - x);
    return density(x) / (fraction - x);
  }
  let [term, total] = [x, x];
  for (let n = 1; n < 100; n++) total += term *= (x * x) / (2 * n + 1);
  return 0.5 + total * density(x);
}
const tanhArgument = (x: number): number => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
const mishGate = (x: number): number => Math.tanh(Math.log1p(Math.exp(x)));

const ofOutput: Record<string, Formula> = {
  relu: { f: (x) => Math.max(0, x), slope: (x) => Number(x > 0) },
  rectifier: {
    parameters: [0.25, 0.5, 4],
    f: (x) => (x > 0.5 ? Math.min(x, 4) : 0.25 * (x - 0.5)),
    slope: (x) => (x > 0.5 ? Number(x < 4) : 0.25),
  },
  sigmoid: { f: sigmoid, slope: (x) => sigmoid(x) * sigmoid(-x) },
  tanh: { f: Math.tanh, slope: (x) => 1 / Math.cosh(x) ** 2 },
  elu: {
    parameters: [0.75, 1.5],
    f: (x) => 1.5 * (x > 0 ? x : 0.75 * Math.expm1(x)),
    slope: (x) => 1.5 * (x > 0 ? 1 : 0.75 * Math.exp(x)),
  },
  clip: {
    parameters: [0.5, 0.25, -1, 2],
    f: (x) => Math.min(Math.max(0.5 * x + 0.25, -1), 2),
    slope: (x) => (x > -2.5 && x < 3.5 ? 0.5 : 0),
  },
  softplus: { f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), slope: sigmoid },
  softsign: { f: (x) => x / (1 + Math.abs(x)), slope: (x) => (1 + Math.abs(x)) ** -2 },
};
const gated: Record<string, Formula> = {
  gelu: { f: (x) => x * distribution(x), slope: (x) => distribution(x) + x * density(x) },
  geluTanh: {
    f: (x) => 0.5 * x * (1 + Math.tanh(tanhArgument(x))),
    slope(x) {
      const t = Math.tanh(tanhArgument(x));
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
    },
  },
  silu: { f: (x) => x * sigmoid(x), slope: (x) => sigmoid(x) * (1 + x * sigmoid(-x)) },
  mish: {
    f: (x) => x * mishGate(x),
    slope: (x) => mishGate(x) + x * (1 - mishGate(x) ** 2) * sigmoid(x),
  },
  hardSilu: {
    f: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
    slope: (x) => (x >= 3 ? 1 : x > -3 ? x / 3 + 0.5 : 0),
  },
};
const formulas = Object.entries({ ...ofOutput, ...gated });
/** Within `relative` of the largest value, or of 1. */
const expectClose = (got: Iterable<number>, wanted: Iterable<number>, relative: number): void =>
  expectValues([...got, 1], [...wanted, 1], relative);
const shapes = [[], [0], [1], [3], [7, 5], [2, 3, 4, 5], [70_001]];

describe.each(formulas)('%s', (kind, { parameters = [], f, slope }) => {
  const isGated = Object.hasOwn(gated, kind);
  test.each([1, 8, 60])('values and gradients up to %d', (scale) => {
    for (const shape of shapes) {
      // No number falls on a corner of a formula.
      const x = random(shape, 'float32', scale);
      x.values.forEach((value, place) => (x.values[place] = Math.round(value * 4096) / 4096 + 0.0001));
      const dy = random(shape);
      const [y] = trials.run(isGated ? gatedActivation : activation, { x }, { kind, parameters });
      expectClose(y!.values, Array.from(x.values, f), 6e-7);
      const [dx] = isGated
        ? trials.run(gatedActivationGradient, { dy, x }, { kind })
        : trials.run(activationGradient, { dy, y: data(shape, Array.from(x.values, f)) }, { kind, parameters });
      expectClose(
        dx!.values,
        Array.from(x.values, (value, place) => dy.values[place]! * slope(value)),
        3e-6,
      );
    }
  });
});

test.each([
  ['softplus', activation, ofOutput['softplus']!, -80, 10],
  ['gelu', gatedActivation, gated['gelu']!, -8, 8],
  ['silu', gatedActivation, gated['silu']!, -80, 10],
  ['mish', gatedActivation, gated['mish']!, -80, 10],
] as const)('%s has a small relative error in its tail', (kind, kernel, { f }, low, high) => {
  const x = data(
    [20_000],
    Float32Array.from({ length: 20_000 }, () => low + uniform() * (high - low)),
  );
  const [y] = trials.run(kernel, { x }, { kind, parameters: [] });
  for (const [index, value] of x.values.entries()) {
    const wanted = f(value);
    expect(Math.abs(y!.values[index]! - wanted), `${kind}(${value})`).toBeLessThanOrEqual(8e-6 * Math.abs(wanted));
  }
});

test('NaN stays NaN, and infinity gives the limit', () => {
  const x = data([3], [NaN, Infinity, 3e38]);
  for (const [kind, { parameters = [], f }] of formulas) {
    const kernel = Object.hasOwn(gated, kind) ? gatedActivation : activation;
    const [y] = trials.run(kernel, { x }, { kind, parameters });
    expect(y!.values[0], kind).toBeNaN();
    if (kind === 'softsign') continue; // infinity / infinity
    const limit = f(50) === 50 ? Infinity : f(1e6) > 1e5 ? Infinity : f(50);
    expect(y!.values[1], kind).toBeCloseTo(limit, 5);
  }
});
