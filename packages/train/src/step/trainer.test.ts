import { wasm } from '@striate/backend-wasm';
import { cpu } from '@striate/core/testing';
import { dispose, memory, ops, tensor, use, type Backend } from '@striate/core';
import type { Batch } from '@striate/data';
import { weightsSha256 } from '@striate/inference';
import { smallNet } from '@striate/inference/testing';
import { dense, dropout, flatten, initialize, input, sequential, type Network } from '@striate/layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { fit } from '../fit.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { sgd } from '../optimizers/sgd.ts';
import { data, firstBatches, newTrainer, options } from '../testing/trainers.ts';
import { disposeTraining } from '../training-state.ts';
import { averageGradients } from './average-gradients.ts';
import { createTrainer } from './trainer.ts';

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

describe.each([
  ['cpu', cpu],
  ['wasm', () => wasm({ threads: 2 })],
])('on %s', (_name, backend: () => Backend) => {
  beforeAll(async () => {
    await use(backend());
  });

  test('ten steps agree with softmax regression in plain TypeScript, and leave no tensors', async () => {
    const before = memory().numTensors;
    const network = initialize(sequential([input([3]), dense({ units: 2 })]), { seed: 3 });
    const kernel = Array.from(await network.parameters['dense/kernel']!.data());
    const expected = plainTraining([kernel.slice(0, 2), kernel.slice(2, 4), kernel.slice(4, 6)], [0, 0]);
    const batch = { inputs: tensor(inputs), targets: tensor(labels, [3], 'int32') };
    const trainer = createTrainer(network, {
      loss: crossEntropy(),
      optimizer: sgd({ learningRate: 0.3, momentum: 0.9 }),
    });
    const losses: number[] = [];
    for (let step = 0; step < 10; step++) {
      const { gradients, loss } = trainer.gradients(batch);
      losses.push(await loss());
      trainer.update(gradients);
    }
    losses.forEach((loss, step) => expect(loss).toBeCloseTo(expected.losses[step]!, 5));
    const { parameters } = trainer.network();
    const trained = Array.from(await parameters['dense/kernel']!.data());
    trained.forEach((value, place) => expect(value).toBeCloseTo(expected.kernel.flat()[place]!, 5));
    trainer.dispose();
    dispose(parameters, batch.inputs, batch.targets);
    expect(memory().numTensors).toBe(before);
  });

  test('a loop of its own gives the bits of fit, and the same losses and metrics', async () => {
    const { network, history, state } = await fit(smallNet(), { data, epochs: 1, ...options(), stepLosses: true });
    const trainer = newTrainer();
    const counts: number[] = [];
    const losses: number[] = [];
    let right = 0;
    for await (const batch of data.epoch(0)) {
      const { gradients, loss, metrics, count } = trainer.gradients(batch);
      losses.push(await loss());
      right += (await metrics())['accuracy']! * count;
      trainer.update(gradients);
      counts.push(memory().numTensors);
    }
    expect(trainer.step).toBe(6);
    expect(new Set(counts).size).toBe(1);
    expect(losses).toEqual(history.stepLosses);
    expect(right / 52).toBeCloseTo(history.epochs[0]!['accuracy']!, 6);
    const trained = trainer.network();
    trainer.dispose();
    expect(trained.outputMeaning).toBe('classes');
    expect(await weightsSha256(trained)).toBe(await weightsSha256(network));
    disposeTraining(state);
    dispose(trained.parameters, trained.state);
  });

  test('parts of a batch, averaged, make the step of the whole: dropout is that of their places', async () => {
    const model = sequential([input([6, 6, 1]), flatten(), dropout({ rate: 0.5 }), dense({ units: 4 })]);
    const stepOf = async (sizes: readonly number[]): Promise<Float32Array> => {
      const trainer = createTrainer(initialize(model, { seed: 1 }), options());
      const [whole] = await firstBatches(1);
      let from = 0;
      const parts = sizes.map((size) => {
        const part = cut(whole!, from, from + size);
        from += size;
        return trainer.gradients(part);
      });
      trainer.update(averageGradients(parts));
      const network = trainer.network();
      const values = await network.parameters['dense/kernel']!.data<'float32'>();
      trainer.dispose();
      dispose(network.parameters);
      return values;
    };
    const before = memory().numTensors;
    const whole = await stepOf([10]);
    const inParts = await stepOf([3, 6, 1]);
    expect(memory().numTensors).toBe(before);
    whole.forEach((value, place) => expect(Math.abs(value - inParts[place]!)).toBeLessThan(1e-6));
  });
});

/** Samples from one place to another. */
function cut(batch: Batch, from: number, to: number): Batch {
  const sample = batch.inputs.length / batch.ids.length;
  return {
    ...batch,
    inputs: batch.inputs.slice(from * sample, to * sample),
    inputShape: [to - from, ...batch.inputShape.slice(1)],
    targets: batch.targets.slice(from, to),
    targetShape: [to - from],
    ids: batch.ids.slice(from, to),
  };
}

test('penalties of layers are part of the loss', async () => {
  const network = initialize(sequential([input([3]), dense({ units: 2 })]), { seed: 3 });
  const step = network.model.steps.at(-1)!;
  const apply: typeof step.layer.apply = (...given) => {
    const result = step.layer.apply(...given);
    return { ...result, losses: [ops.mean(result.outputs[0]!), tensor(100)] };
  };
  const steps = [...network.model.steps.slice(0, -1), { ...step, layer: { ...step.layer, apply } }];
  const penalised: Network = {
    ...network,
    model: Object.assign(network.model.bind(undefined), network.model, { steps }),
  };
  const lossOf = (from: Network): Promise<number> => {
    const trainer = createTrainer(from, { loss: crossEntropy(), optimizer: sgd() });
    return trainer.gradients({ inputs: tensor(inputs), targets: tensor(labels, [3], 'int32') }).loss();
  };
  expect((await lossOf(penalised)) - (await lossOf(network))).toBeGreaterThan(90);
});
