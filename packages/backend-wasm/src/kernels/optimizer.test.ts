import { afterAll, beforeAll, expect, test } from 'vitest';
import { data, expectValues, random, startTrials, type Data, type KernelTrials } from '../testing/kernel-trials.ts';
import { adam, sgd } from './optimizer.ts';

let trials: KernelTrials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

const shapes = [[3, 3, 3, 16], [16], [], [8192], [20_001], [0], [130, 10], [1]];
const decays = shapes.map((_, index) => index % 2 === 0);

function lists(roles: readonly string[]): Record<string, Data> {
  return Object.fromEntries(
    roles.flatMap((role) =>
      shapes.map((shape, index) => {
        const values = random(shape).values;
        return [`${role}${index}`, data(shape, role === 'variance' ? values.map(Math.abs) : values)];
      }),
    ),
  );
}

/** Wants outputs[list * count + index] to be what `update` says for each element. */
function expectUpdates(
  outputs: readonly Data[],
  inputs: Record<string, Data>,
  roles: readonly string[],
  update: (element: number[], index: number) => number[],
): void {
  for (const [index, shape] of shapes.entries()) {
    const columns = roles.map((role) => inputs[`${role}${index}`]!.values);
    const wanted = Array.from(columns[0]!, (_, place) =>
      update(
        columns.map((column) => column[place]!),
        index,
      ),
    );
    const count = outputs.length / shapes.length;
    for (let list = 0; list < count; list++) {
      const output = outputs[list * shapes.length + index]!;
      expect(output.shape).toEqual(shape);
      // Against numbers of size 1: a parameter may come to lie near 0.
      expectValues([...output.values, 1], [...wanted.map((numbers) => numbers[list]!), 1], 1e-6);
    }
  }
}

test.each([
  { momentum: 0, nesterov: false, weightDecay: 0 },
  { momentum: 0, nesterov: false, weightDecay: 0.01 },
  { momentum: 0.9, nesterov: false, weightDecay: 0.01 },
  { momentum: 0.9, nesterov: true, weightDecay: 0.01 },
])('stochastic gradient descent: %o', (options) => {
  const { momentum, nesterov, weightDecay } = options;
  const roles = ['parameter', 'gradient', ...(momentum ? ['velocity'] : [])];
  const inputs = lists(roles);
  const attributes = { ...options, learningRate: 0.1, decays, count: shapes.length };
  const outputs = trials.run(sgd, inputs, attributes);
  expect(outputs.length).toBe(shapes.length * (momentum ? 2 : 1));
  expectUpdates(outputs, inputs, roles, ([p, gradient, velocity = 0], index) => {
    const g = gradient! + (decays[index] ? weightDecay : 0) * p!;
    const v = momentum * velocity + g;
    return [p! - 0.1 * (nesterov ? g + momentum * v : v), v];
  });
});

test.each([
  { step: 1, weightDecay: 0, decoupled: false },
  { step: 7, weightDecay: 0.01, decoupled: false },
  { step: 7, weightDecay: 0.01, decoupled: true },
  { step: 100_000, weightDecay: 0.01, decoupled: true },
])('Adam: %o', (options) => {
  const { step, weightDecay, decoupled } = options;
  const roles = ['parameter', 'gradient', 'mean', 'variance'];
  const inputs = lists(roles);
  const [learningRate, beta1, beta2, epsilon] = [0.01, 0.9, 0.999, 1e-7];
  const attributes = { ...options, learningRate, beta1, beta2, epsilon, decays, count: shapes.length };
  const outputs = trials.run(adam, inputs, attributes);
  expect(outputs.length).toBe(shapes.length * 3);
  expectUpdates(outputs, inputs, roles, ([p, gradient, mean, variance], index) => {
    const decay = decays[index] ? weightDecay : 0;
    const g = gradient! + (decoupled ? 0 : decay * p!);
    const m = beta1 * mean! + (1 - beta1) * g;
    const v = beta2 * variance! + (1 - beta2) * g * g;
    const start = decoupled ? p! * (1 - learningRate * decay) : p!;
    const direction = m / (1 - beta1 ** step) / (Math.sqrt(v / (1 - beta2 ** step)) + epsilon);
    return [start - learningRate * direction, m, v];
  });
});

test('inputs stay as they were', () => {
  const inputs = lists(['parameter', 'gradient']);
  const before = structuredClone(inputs);
  trials.run(sgd, inputs, {
    learningRate: 0.1,
    momentum: 0,
    nesterov: false,
    weightDecay: 0,
    decays,
    count: shapes.length,
  });
  expect(inputs).toEqual(before);
});
