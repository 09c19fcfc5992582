// Losses and metrics that are made of several ops: their values and gradients on every backend, against their formulas.
import { dispose, memory, ops, randomNormal, streams, tensor, tidy, use, valueAndGradients } from '@striate/core';
import { binaryAccuracy, binaryCrossEntropy, crossEntropy, meanSquaredError, type Loss } from '@striate/train';
import { beforeAll, describe, expect, it } from 'vitest';
import { backends } from './backends.ts';
import { usableBackends } from './usable-backends.ts';

const [samples, units] = [6, 5];
const draw = (call: number): Float32Array =>
  randomNormal({ seed: 7, stream: streams.noise, call, step: 0 }, samples * units, { standardDeviation: 2 });
const outputs = draw(0);
const weights = draw(1).slice(0, samples).map(Math.abs);
const marks = draw(2);

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const rowOf = <Value>(values: ArrayLike<Value>, n: number): Value[] =>
  Array.from({ length: units }, (_, k) => values[n * units + k]!);

interface Case {
  loss: Loss;
  targets: Float32Array;
  /** A sample's loss, and its derivative with respect to each output. */
  formula(z: number[], t: number[]): { value: number; slopes: number[] };
}

const cases: readonly Case[] = [
  {
    loss: crossEntropy(),
    targets: marks.map((_, place) => Number(place % units === Math.floor(place / units) % units)),
    formula(z, t) {
      const total = z.reduce((sum, each) => sum + Math.exp(each), 0);
      const value = z.reduce((sum, each, k) => sum - t[k]! * (each - Math.log(total)), 0);
      return { value, slopes: z.map((each, k) => Math.exp(each) / total - t[k]!) };
    },
  },
  {
    loss: binaryCrossEntropy(),
    targets: marks.map(sigmoid),
    formula: (z, t) => ({
      value: z.reduce((sum, each, k) => sum + Math.log1p(Math.exp(each)) - t[k]! * each, 0) / units,
      slopes: z.map((each, k) => (sigmoid(each) - t[k]!) / units),
    }),
  },
  {
    loss: meanSquaredError(),
    targets: marks,
    formula: (z, t) => ({
      value: z.reduce((sum, each, k) => sum + (each - t[k]!) ** 2, 0) / units,
      slopes: z.map((each, k) => (2 * (each - t[k]!)) / units),
    }),
  },
];

describe.each(usableBackends)('on %s', (name) => {
  beforeAll(async () => void (await use(backends[name]!())));

  it.each(cases)('$loss.type is its formula, in its gradient too', async ({ loss, targets, formula }) => {
    const before = memory().numTensors;
    const wanted = Array.from({ length: samples }, (_, n) => formula(rowOf(outputs, n), rowOf(targets, n)));
    const given = tensor(outputs, [samples, units]);
    const { loss: value, gradients } = tidy(() =>
      valueAndGradients(
        ({ z }) => {
          const each = loss.compute({ outputs: z!, targets: tensor(targets, [samples, units]) });
          const shares = tensor(
            weights.map((weight) => weight / samples),
            [1, samples],
          );
          return { loss: ops.reshape(ops.matMul({ a: shares, b: ops.reshape(each, [samples, 1]) }), []) };
        },
        { z: given },
      ),
    );
    const mean = wanted.reduce((sum, each, n) => sum + weights[n]! * each.value, 0) / samples;
    expect(Math.abs((await value.data())[0]! - mean)).toBeLessThan(1e-5 * Math.abs(mean));
    const found = await gradients['z']!.data();
    for (const [n, { slopes }] of wanted.entries()) {
      for (const [k, slope] of slopes.entries())
        expect(Math.abs(found[n * units + k]! - (weights[n]! * slope) / samples)).toBeLessThan(1e-5);
    }
    dispose(value, gradients, given);
    expect(memory().numTensors).toBe(before);
  });

  it('binaryAccuracy counts the labels that are told rightly, NaN never', async () => {
    const before = memory().numTensors;
    const odd = outputs.map((each, place) => (place % 7 === 0 ? NaN : each));
    const labels = marks.map((each) => Number(each > 0));
    const sum = tidy(() =>
      binaryAccuracy().compute({ outputs: tensor(odd, [samples, units]), targets: tensor(labels, [samples, units]) }),
    );
    const right = Array.from(odd).filter((each, place) => (labels[place] === 1 ? each > 0 : each <= 0)).length;
    expect((await sum.data())[0]).toBeCloseTo(right / units, 5);
    sum.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
