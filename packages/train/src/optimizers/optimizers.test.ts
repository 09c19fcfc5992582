import { cpu } from '@striate/core/testing';
import { dispose, memory, tensor, use, type Values } from '@striate/core';
import { beforeAll, expect, test } from 'vitest';
import { disposeTraining } from '../training-state.ts';
import { adamW } from './adam-w.ts';
import { adam } from './adam.ts';
import type { Optimizer, OptimizerState } from './optimizer.ts';
import { rateOfStep } from '../schedules/learning-rate.ts';
import { sgd } from './sgd.ts';

beforeAll(async () => {
  await use(cpu());
});

const kinds = { 'a/kernel': 'kernel', 'a/bias': 'bias' } as const;
const start = { 'a/kernel': [0.5, -1.5, 2, 0.25], 'a/bias': [0.1, -0.3] };
const gradientAt = (step: number, name: string): number[] =>
  start[name as keyof typeof start].map((value, place) => Math.sin(step * 1.7 + place + value) * (place + 1));

/** One number's update, written from the papers and PyTorch's documentation. */
type Rule = (p: number, g: number, memory: number[], step: number) => number;

function oracle(rule: Rule, steps: number): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(start).map(([name, values]): [string, number[]] => [
      name,
      values.map((first, place) => {
        const memory: number[] = [0, 0];
        let p = first;
        for (let step = 1; step <= steps; step++) p = rule(p, gradientAt(step, name)[place]!, memory, step);
        return p;
      }),
    ]),
  );
}

async function run(optimizer: Optimizer, steps: number): Promise<Record<string, number[]>> {
  const values = (numbers: (name: string) => number[]): Values =>
    Object.fromEntries(Object.keys(start).map((name) => [name, tensor(numbers(name))]));
  let parameters = values((name) => start[name as keyof typeof start]);
  let state: OptimizerState = optimizer.init(parameters);
  for (let step = 1; step <= steps; step++) {
    const gradients = values((name) => gradientAt(step, name));
    const learningRate = rateOfStep('here', optimizer.options.learningRate)(step - 1);
    const next = optimizer.update({ parameters, gradients, state, step, learningRate, weightDecayFactor: 1, kinds });
    disposeTraining({ parameters, state: {}, optimizer: state });
    dispose(gradients);
    ({ parameters, state } = next);
  }
  const result = Object.entries(parameters).map(async ([name, value]): Promise<[string, number[]]> => [
    name,
    Array.from(await value.data()),
  ]);
  const numbers = Object.fromEntries(await Promise.all(result));
  disposeTraining({ parameters, state: {}, optimizer: state });
  return numbers;
}

const sgdRule =
  (rate: number, momentum: number, nesterov: boolean, decay: number): Rule =>
  (p, gradient, memory) => {
    const g = gradient + decay * p;
    memory[0] = momentum * memory[0]! + g;
    return p - rate * (nesterov ? g + momentum * memory[0] : memory[0]);
  };

const adamRule =
  (rate: number, l2: number, decoupled: number): Rule =>
  (p, gradient, memory, step) => {
    const g = gradient + l2 * p;
    memory[0] = 0.9 * memory[0]! + 0.1 * g;
    memory[1] = 0.999 * memory[1]! + 0.001 * g * g;
    const shrunk = p * (1 - rate * decoupled);
    return shrunk - (rate * (memory[0] / (1 - 0.9 ** step))) / (Math.sqrt(memory[1] / (1 - 0.999 ** step)) + 1e-8);
  };

test.each<[string, Optimizer, Rule]>([
  ['sgd', sgd({ learningRate: 0.1 }), sgdRule(0.1, 0, false, 0)],
  ['momentum', sgd({ learningRate: 0.1, momentum: 0.9 }), sgdRule(0.1, 0.9, false, 0)],
  [
    'nesterov and decay',
    sgd({ learningRate: 0.05, momentum: 0.8, nesterov: true, weightDecay: 0.1 }),
    sgdRule(0.05, 0.8, true, 0.1),
  ],
  ['adam', adam({ learningRate: 0.01 }), adamRule(0.01, 0, 0)],
  ['adam with L2', adam({ learningRate: 0.01, weightDecay: 0.3 }), adamRule(0.01, 0.3, 0)],
  ['adamW', adamW({ learningRate: 0.02 }), adamRule(0.02, 0, 0.01)],
])('%s agrees with its formula over 10 steps', async (_, optimizer, rule) => {
  const before = memory().numTensors;
  const found = await run(optimizer, 10);
  expect(memory().numTensors).toBe(before);
  for (const [name, numbers] of Object.entries(oracle(rule, 10))) {
    numbers.forEach((number, place) => expect(found[name]![place]).toBeCloseTo(number, 5));
  }
});

test('decay acts on the kinds it is told', async () => {
  const found = await run(adamW({ learningRate: 0.02, weightDecay: 1, decays: ['kernel'] }), 10);
  const decayed = oracle(adamRule(0.02, 0, 1), 10);
  const plain = oracle(adamRule(0.02, 0, 0), 10);
  found['a/kernel']!.forEach((value, place) => expect(value).toBeCloseTo(decayed['a/kernel']![place]!, 5));
  found['a/bias']!.forEach((value, place) => expect(value).toBeCloseTo(plain['a/bias']![place]!, 5));
  expect(decayed['a/bias']![0]).not.toBeCloseTo(plain['a/bias']![0]!, 3);
});

test('refuses impossible options', () => {
  expect(() => sgd({ learningRate: -1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: sgd: learningRate is -1, but must be finite and at least 0.]`,
  );
  expect(() => sgd({ momentum: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: sgd: momentum is 1, but must be at least 0 and less than 1.]`,
  );
  expect(() => sgd({ nesterov: true })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: sgd: nesterov looks along the velocity, so it needs momentum above 0, such as 0.9.]`,
  );
  expect(() => adam({ beta2: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: adam: beta2 is 1, but must be at least 0 and less than 1.]`,
  );
  expect(() => adamW({ decays: ['statistic'] })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: adamW: decays[0] is "statistic". Known: kernel, bias, scale.]`,
  );
});
