import { sizeOf } from '@striate/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { groupNorm, groupNormGradient } from './group-norm.ts';
import { data, expectValues, random, startTrials, type Data, type KernelTrials } from '../testing/kernel-trials.ts';

let trials: KernelTrials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

const epsilon = 1e-3;
/** Shape and groups: rows of their own, few rows, more than one chunk, one channel a group, one number a group. */
const cases: [number[], number][] = [
  [[1, 1], 1],
  [[5, 7], 1],
  [[3, 9000], 1],
  [[700, 130], 1],
  [[4, 6], 3],
  [[3, 5, 4, 1], 1],
  [[2, 7, 5, 6], 2],
  [[3, 9, 9, 16], 16],
  [[5, 33, 31, 10], 5],
  [[2, 60, 60, 32], 4],
  [[9, 1, 1, 12], 12],
  [[2, 3, 3, 300], 3],
];

/** For each number of x: which group it belongs to, and which channel. */
function places({ shape, values }: Data, groups: number): { group: number; channel: number }[] {
  const channels = shape.at(-1)!;
  const sample = values.length / shape[0]!;
  return Array.from(values, (_, index) => {
    const channel = index % channels;
    return { group: Math.floor(index / sample) * groups + Math.floor(channel / (channels / groups)), channel };
  });
}

function sums(values: ArrayLike<number>, at: (index: number) => number, count: number): Float64Array {
  const total = new Float64Array(count);
  for (let index = 0; index < values.length; index++) total[at(index)]! += values[index]!;
  return total;
}

describe.each(cases)('x %o, %d groups', (shape, groups) => {
  test('forward and backward equal the formula in float64', () => {
    const channels = shape.at(-1)!;
    const x = data(
      shape,
      random(shape).values.map((value) => 2 * value + 5),
    );
    const [gamma, beta, dy] = [random([channels]), random([channels]), random(shape)];
    const place = places(x, groups);
    const count = sizeOf(shape) / (shape[0]! * groups);
    const inGroups = (values: ArrayLike<number>): Float64Array =>
      sums(values, (index) => place[index]!.group, shape[0]! * groups);
    const all = Array.from(x.values);
    const mean = inGroups(all).map((sum) => sum / count);
    const variance = inGroups(all.map((value, index) => (value - mean[place[index]!.group]!) ** 2)).map(
      (sum) => sum / count,
    );
    const deviation = variance.map((value) => Math.sqrt(value + epsilon));
    const z = all.map((value, index) => (value - mean[place[index]!.group]!) / deviation[place[index]!.group]!);

    const [y, foundMean, foundVariance] = trials.run(groupNorm, { x, gamma, beta }, { groups, epsilon });
    expect(y!.shape).toEqual(shape);
    expect(foundMean!.shape).toEqual([shape[0], groups]);
    expectValues(foundMean!.values, mean, 1e-6);
    expectValues(foundVariance!.values, variance, 1e-5);
    expectValues(
      y!.values,
      z.map((value, index) => value * gamma.values[place[index]!.channel]! + beta.values[place[index]!.channel]!),
      count === 1 ? 1e-4 : 2e-5,
    );

    const scaled = all.map((_, index) => dy.values[index]! * gamma.values[place[index]!.channel]!);
    const shift = inGroups(scaled);
    const slope = inGroups(scaled.map((value, index) => value * z[index]!));
    const [dx, dGamma, dBeta] = trials.run(
      groupNormGradient,
      { dy, x, gamma, mean: foundMean!, variance: foundVariance! },
      { groups, epsilon },
    );
    const perChannel = (values: ArrayLike<number>): Float64Array =>
      sums(values, (index) => place[index]!.channel, channels);
    const wanted = scaled.map((value, index) => {
      const { group } = place[index]!;
      return (value - shift[group]! / count - (z[index]! * slope[group]!) / count) / deviation[group]!;
    });
    // Against 1 / deviation, the size of gradients before they cancel out, as they do in groups of few.
    const size = Math.max(...deviation.map((value) => 1 / value));
    expectValues([...dx!.values, size], [...wanted, size], 3e-5);
    expectValues([...dGamma!.values, 1], [...perChannel(z.map((value, index) => value * dy.values[index]!)), 1], 3e-5);
    expectValues(dBeta!.values, perChannel(dy.values), 3e-5);
  });
});
