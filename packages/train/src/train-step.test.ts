import { cpu } from '@striate/core/testing';
import { dispose, memory, ops, tensor, use } from '@striate/core';
import { dense, initialize, input, parameterSpecs, sequential, type ModelGraph, type Network } from '@striate/layers';
import { beforeAll, expect, test } from 'vitest';
import { crossEntropy } from './losses/cross-entropy.ts';
import { accuracy } from './metrics/accuracy.ts';
import { sgd } from './optimizers/sgd.ts';
import { trainStep, type StepRecipe } from './train-step.ts';
import { disposeTraining, type TrainingValues } from './training-state.ts';

beforeAll(async () => {
  await use(cpu());
});

const inputs = [
  [0.5, -1, 2],
  [1.5, 0.25, -0.5],
  [-1, 1, 0],
];
const labels = [1, 0, 1];

/** Softmax regression with momentum, written down without tensors: 10 steps. */
function plainTraining(kernel: number[][], bias: number[]): { kernel: number[][]; bias: number[]; losses: number[] } {
  const velocity = { kernel: kernel.map((row) => row.map(() => 0)), bias: bias.map(() => 0) };
  const losses: number[] = [];
  for (let step = 0; step < 10; step++) {
    const gradient = { kernel: kernel.map((row) => row.map(() => 0)), bias: bias.map(() => 0) };
    let loss = 0;
    for (const [n, x] of inputs.entries()) {
      const logits = bias.map((b, k) => b + x.reduce((sum, value, i) => sum + value * kernel[i]![k]!, 0));
      const total = logits.reduce((sum, value) => sum + Math.exp(value), 0);
      for (const [k, logit] of logits.entries()) {
        const target = labels[n] === k ? 1 : 0;
        const dz = (Math.exp(logit) / total - target) / inputs.length;
        loss -= (target * (logit - Math.log(total))) / inputs.length;
        gradient.bias[k]! += dz;
        for (const [i, value] of x.entries()) gradient.kernel[i]![k]! += dz * value;
      }
    }
    losses.push(loss);
    for (const k of bias.keys()) {
      velocity.bias[k] = 0.9 * velocity.bias[k]! + gradient.bias[k]!;
      bias[k]! -= 0.3 * velocity.bias[k];
      for (const i of kernel.keys()) {
        velocity.kernel[i]![k] = 0.9 * velocity.kernel[i]![k]! + gradient.kernel[i]![k]!;
        kernel[i]![k]! -= 0.3 * velocity.kernel[i]![k];
      }
    }
  }
  return { kernel, bias, losses };
}

type GraphNetwork = Omit<Network, 'model'> & { model: ModelGraph };

const recipeFor = ({ model }: GraphNetwork, metrics = [accuracy()]): StepRecipe => ({
  model,
  optimizer: sgd({ learningRate: 0.3, momentum: 0.9 }),
  loss: crossEntropy(),
  metrics,
  kinds: Object.fromEntries(Object.entries(parameterSpecs(model)).map(([name, { kind }]) => [name, kind])),
  seed: 1,
});

test('ten steps agree with softmax regression in plain TypeScript, and leave no tensors', async () => {
  const network = initialize(sequential([input([3]), dense({ units: 2 })]), { seed: 3 });
  const recipe = recipeFor(network);
  const kernel = Array.from(await network.parameters['dense/kernel']!.data());
  const expected = plainTraining([kernel.slice(0, 2), kernel.slice(2, 4), kernel.slice(4, 6)], [0, 0]);
  const before = memory().numTensors;
  const batch = { inputs: tensor(inputs), targets: tensor(labels, [3], 'int32') };
  let values: TrainingValues = { ...network, optimizer: recipe.optimizer.init(network.parameters) };
  const losses: number[] = [];
  for (let step = 0; step < 10; step++) {
    const next = trainStep(recipe, { ...values, batch, step, learningRate: 0.3 });
    losses.push((await next.loss.data())[0]!);
    dispose(next.loss, next.metrics, ...Object.values(values.optimizer), step === 0 ? {} : values.parameters);
    values = next;
  }
  losses.forEach((loss, step) => expect(loss).toBeCloseTo(expected.losses[step]!, 5));
  const trained = Array.from(await values.parameters['dense/kernel']!.data());
  trained.forEach((value, place) => expect(value).toBeCloseTo(expected.kernel.flat()[place]!, 5));
  disposeTraining(values);
  dispose(batch.inputs, batch.targets);
  expect(memory().numTensors).toBe(before);
});

test('a parameter that the loss does not depend on is carried over', async () => {
  const network = initialize(sequential([input([3]), dense({ units: 2 })]), { seed: 3 });
  const recipe = recipeFor(network, []);
  const batch = { inputs: tensor(inputs), targets: tensor(labels, [3], 'int32') };
  const parameters = { ...network.parameters, idle: tensor([7]) };
  const values = { parameters, state: {}, optimizer: recipe.optimizer.init(parameters) };
  const next = trainStep(recipe, { ...values, batch, step: 0, learningRate: 0.3 });
  disposeTraining(values);
  expect(Array.from(await next.parameters['idle']!.data())).toEqual([7]);
  expect(Object.keys(next.optimizer['velocities']!)).toEqual(['dense/kernel', 'dense/bias', 'idle']);
  disposeTraining(next);
});

test('penalties of layers are part of the loss', async () => {
  const network = initialize(sequential([input([3]), dense({ units: 2 })]), { seed: 3 });
  const step = network.model.steps.at(-1)!;
  const apply: typeof step.layer.apply = (...given) => {
    const result = step.layer.apply(...given);
    return { ...result, losses: [ops.mean(result.outputs[0]!), tensor(100)] };
  };
  const steps = [...network.model.steps.slice(0, -1), { ...step, layer: { ...step.layer, apply } }];
  const penalised = { ...network, model: { ...network.model, steps } };
  const lossOf = async (from: GraphNetwork): Promise<number> => {
    const recipe = recipeFor(from, []);
    const batch = { inputs: tensor(inputs), targets: tensor(labels, [3], 'int32') };
    const optimizer = recipe.optimizer.init(from.parameters);
    return (await trainStep(recipe, { ...from, optimizer, batch, step: 0, learningRate: 0.3 }).loss.data())[0]!;
  };
  expect((await lossOf(penalised)) - (await lossOf(network))).toBeGreaterThan(90);
});
