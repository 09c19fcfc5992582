import { cpu } from '@striate/core/testing';
import { dispose, memory, tensor, use, type Values } from '@striate/core';
import { beforeAll, expect, test } from 'vitest';
import { adamW } from './adam-w.ts';
import { adam } from './adam.ts';
import type { Optimizer, OptimizerState } from './optimizer.ts';
import { sgd } from './sgd.ts';
import { groupsOf, updateInGroups, type UpdateFactors } from './update-groups.ts';

beforeAll(async () => {
  await use(cpu());
});

const names = ['a/kernel', 'a/bias', 'b/kernel'];
const kinds = { 'a/kernel': 'kernel', 'a/bias': 'bias', 'b/kernel': 'kernel' } as const;
const first = [0.5, -1.5, 2];
const valuesAt = (step: number): Values =>
  Object.fromEntries(names.map((name, place) => [name, tensor(first.map((value) => Math.sin(step + place + value)))]));

/** Parameters after three updates. */
async function trained(optimizer: Optimizer, factors: UpdateFactors = {}): Promise<Record<string, number[]>> {
  const groups = groupsOf('here', factors, names);
  const rate = optimizer.options.learningRate as number;
  let parameters = valuesAt(0);
  let state: OptimizerState = optimizer.init(parameters);
  for (let step = 1; step <= 3; step++) {
    const gradients = valuesAt(step);
    const next = updateInGroups(optimizer, groups, { parameters, gradients, state, step, learningRate: rate, kinds });
    dispose(parameters, gradients, ...Object.values(state));
    ({ parameters, state } = next);
  }
  const numbers = Object.entries(parameters).map(async ([name, value]): Promise<[string, number[]]> => [
    name,
    Array.from(await value.data()),
  ]);
  const found = Object.fromEntries(await Promise.all(numbers));
  dispose(parameters, ...Object.values(state));
  return found;
}

const optimizers = [
  { of: 'sgd', make: (learningRate: number, weightDecay: number) => sgd({ learningRate, weightDecay, momentum: 0.9 }) },
  { of: 'adam', make: (learningRate: number, weightDecay: number) => adam({ learningRate, weightDecay }) },
  { of: 'adamW', make: (learningRate: number, weightDecay: number) => adamW({ learningRate, weightDecay }) },
];

test.each(optimizers)(
  '$of: a parameter with factors is updated as if the optimizer had other options',
  async ({ make }) => {
    const before = memory().numTensors;
    const found = await trained(make(0.1, 0.2), {
      learningRate: { 'a/kernel': 0.5, 'a/bias': 0 },
      weightDecay: { 'b/kernel': 3 },
    });
    expect(memory().numTensors).toBe(before);
    const plain = await trained(make(0.1, 0.2));
    expect(found['a/kernel']).toEqual((await trained(make(0.05, 0.2)))['a/kernel']);
    expect(found['b/kernel']).toEqual((await trained(make(0.1, 0.2 * 3)))['b/kernel']);
    const start = valuesAt(0);
    expect(found['a/bias']).toEqual(Array.from(await start['a/bias']!.data()));
    dispose(start);
    for (const name of names) expect(found[name]).not.toEqual(plain[name]);
  },
);

test('parameters without factors of their own are updated by one call', () => {
  expect(groupsOf('here', {}, names)).toHaveLength(1);
  expect(groupsOf('here', { learningRate: { 'a/bias': 1 } }, names)).toHaveLength(1);
  expect(groupsOf('here', { learningRate: { 'a/bias': 2, 'b/kernel': 2 } }, names)).toHaveLength(2);
});

test('factors that no update could use are refused', () => {
  const told = (factors: unknown): unknown => {
    try {
      return groupsOf('here', factors as UpdateFactors, names);
    } catch (error) {
      return String(error);
    }
  };
  expect({
    misspelt: told({ learningrate: {} }),
    'another name': told({ learningRate: { 'a/kernl': 0.1 } }),
    negative: told({ weightDecay: { 'a/kernel': -1 } }),
    NaN: told({ learningRate: { 'a/kernel': NaN } }),
    'no record': told({ learningRate: 0.1 }),
  }).toMatchInlineSnapshot(`
    {
      "NaN": "OptionError: here: factors: learningRate of 'a/kernel' is NaN, but must be finite and at least 0.",
      "another name": "OptionError: here: factors: learningRate names 'a/kernl', which is no parameter that trains. Did you mean 'a/kernel'? Known: a/kernel, a/bias, b/kernel.",
      "misspelt": "OptionError: here: factors: there is no option 'learningrate'. Did you mean 'learningRate'? Known: learningRate, weightDecay.",
      "negative": "OptionError: here: factors: weightDecay of 'a/kernel' is -1, but must be finite and at least 0.",
      "no record": "OptionError: here: factors: learningRate is 0.1, but must be a record by the parameters' paths.",
    }
  `);
});
