import { wasm } from '@striate/backend-wasm';
import { cpu } from '@striate/core/testing';
import { dispose, memory, ops, tensor, tidy, use, type Backend, type Values } from '@striate/core';
import { batches, take, type Batch } from '@striate/data';
import { dense, dropout, flatten, initialize, input, sequential, type Network } from '@striate/layers';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fit } from '../fit.ts';
import { weightsSha256 } from '../files/weights-sha256.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { accuracy } from '../metrics/accuracy.ts';
import { adam } from '../optimizers/adam.ts';
import { sgd } from '../optimizers/sgd.ts';
import { blobs } from '../testing/blobs.ts';
import { smallNet } from '../testing/small-net.ts';
import { disposeTraining } from '../training-state.ts';
import { averageGradients } from './average-gradients.ts';
import { createTrainer, type Trainer, type TrainerOptions } from './trainer.ts';

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

const data = batches(blobs({ length: 52, seed: 1 }), { size: 10, seed: 3 });

const options = (): TrainerOptions => ({
  loss: crossEntropy(),
  optimizer: adam({ learningRate: 0.02 }),
  metrics: [accuracy()],
  seed: 5,
});

const newTrainer = (changes: Partial<TrainerOptions> = {}): Trainer =>
  createTrainer(initialize(smallNet(), { seed: 5 }), { ...options(), ...changes });

async function firstBatches(count: number): Promise<Batch[]> {
  const found: Batch[] = [];
  for await (const batch of data.epoch(0)) if (found.push(batch) === count) break;
  return found;
}

const dropNetwork = ({ parameters, state }: Network): void => dispose(parameters, state);

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
    dropNetwork(trained);
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
      dropNetwork(network);
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

describe('what a trainer holds', () => {
  beforeAll(async () => {
    await use(cpu());
  });

  let batch: Batch;
  let before: number;
  beforeEach(async () => {
    [batch] = (await firstBatches(1)) as [Batch];
    before = memory().numTensors;
  });

  test('outlives a tidy around a step, and is given back by dispose', () => {
    const trainer = newTrainer();
    tidy(() => trainer.update(trainer.gradients(batch).gradients));
    tidy(() => void trainer.gradients(batch));
    trainer.gradients(batch);
    trainer.dispose();
    trainer.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('a loss that was asked for before the update is read all the same', async () => {
    const trainer = newTrainer();
    const { gradients, loss, metrics } = trainer.gradients(batch);
    const asked = loss();
    trainer.update(gradients);
    expect(await asked).toBeGreaterThan(0);
    await expect(loss()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OptionError: loss: it was given back with the update, or by discard. Write await loss() before.]`,
    );
    await expect(metrics()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OptionError: metrics: it was given back with the update, or by discard. Write await metrics() before.]`,
    );
    trainer.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('gradients of somebody else’s making are taken, and those of the step given back', () => {
    const trainer = newTrainer();
    const { gradients } = trainer.gradients(batch);
    const halves = Object.fromEntries(
      Object.entries(gradients).map(([name, gradient]) => [name, ops.rescale(gradient, { scale: [0.5] })]),
    );
    trainer.update(halves);
    expect([...Object.values(gradients), ...Object.values(halves)].every(({ isDisposed }) => isDisposed)).toBe(true);
    trainer.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('a step that is discarded leaves no trace', async () => {
    const [trainer, other] = [newTrainer(), newTrainer()];
    trainer.gradients({ ...batch, inputs: batch.inputs.map((value) => value + 1) });
    trainer.discard();
    for (const each of [trainer, other]) each.update(each.gradients(batch).gradients);
    const [found, wanted] = [trainer.network(), other.network()];
    expect(await weightsSha256(found)).toBe(await weightsSha256(wanted));
    for (const each of [trainer, other]) each.dispose();
    for (const each of [found, wanted]) dropNetwork(each);
    expect(memory().numTensors).toBe(before);
  });

  test('sampleOffset moves the places that dropout draws by', async () => {
    const trainer = newTrainer();
    const losses = [0, 0, 7].map((sampleOffset) => trainer.gradients(batch, { sampleOffset }).loss());
    const [first, again, moved] = await Promise.all(losses);
    expect(again).toBe(first);
    expect(moved).not.toBe(first);
    trainer.dispose();
  });
});

describe('a trainer refuses', () => {
  beforeAll(async () => {
    await use(cpu());
  });

  const told = (call: () => unknown): string => {
    try {
      call();
    } catch (error) {
      return String(error);
    }
    return 'nothing';
  };

  test('what is out of order, of other names or shapes, or gone', async () => {
    const [batch] = (await firstBatches(1)) as [Batch];
    const trainer = newTrainer();
    const early = told(() => trainer.update({}));
    const first = trainer.gradients(batch);
    const { 'dense/bias': bias, ...rest } = first.gradients;
    const found = {
      early,
      'the whole result': told(() => trainer.update(first as unknown as Values)),
      'one missing': told(() => trainer.update(rest)),
      'one too many': told(() => trainer.update({ ...first.gradients, 'dense/bia': bias! })),
      'another shape': told(() => trainer.update({ ...rest, 'dense/bias': rest['dense/kernel']! })),
      'no tensor': told(() => trainer.update({ ...rest, 'dense/bias': [1, 2] as never })),
    };
    trainer.update(first.gradients);
    const twice = told(() => trainer.update(first.gradients));
    trainer.gradients(batch);
    const old = told(() => trainer.update(first.gradients));
    trainer.dispose();
    const after = ['gradients', 'update', 'network', 'discard'].map((method) =>
      told(() => (trainer[method as 'gradients'] as (given: unknown) => unknown)(batch)),
    );
    expect({ ...found, twice, old, after }).toMatchInlineSnapshot(`
      {
        "after": [
          "OptionError: trainer.gradients: this trainer is disposed. Make another: createTrainer(network, options).",
          "OptionError: trainer.update: this trainer is disposed. Make another: createTrainer(network, options).",
          "OptionError: trainer.network: this trainer is disposed. Make another: createTrainer(network, options).",
          "OptionError: trainer.discard: this trainer is disposed. Make another: createTrainer(network, options).",
        ],
        "another shape": "DataError: trainer.update: the gradient of 'dense/bias' is [16, 4], but the parameter is [4].",
        "early": "OptionError: trainer.update: no gradients were computed in step 1. Write const { gradients } = trainer.gradients(batch) before.",
        "no tensor": "OptionError: trainer.update: the gradient of 'dense/bias' is [1,2], but must be a tensor. Make one: tensor(values, shape).",
        "old": "OptionError: trainer.update: the gradient of 'conv2d/kernel', [3, 3, 1, 4], is disposed: its memory was given back before. Keep it until it is no longer used.",
        "one missing": "DataError: trainer.update: there is no gradient of 'dense/bias'. Give one for each parameter that has one in this step.",
        "one too many": "DataError: trainer.update: there is no gradient of 'dense/bia' in this step. Did you mean 'dense/bias'? Known: conv2d/kernel, conv2d/bias, batchNorm/gamma, batchNorm/beta, dense/kernel, dense/bias.",
        "the whole result": "OptionError: trainer.update: got an object with gradients, count, loss, metrics, but gradients by path are needed. It holds them: write trainer.update(result.gradients).",
        "twice": "OptionError: trainer.update: no gradients were computed in step 2. Write const { gradients } = trainer.gradients(batch) before.",
      }
    `);
  });

  test('batches and labels that do not fit, and a loss that is not finite', async () => {
    const [batch] = (await firstBatches(1)) as [Batch];
    const trainer = newTrainer();
    const before = memory().numTensors;
    const found = {
      'no batch': told(() => trainer.gradients(data as unknown as Batch)),
      'a label': told(() => trainer.gradients({ ...batch, targets: batch.targets.map(() => 9) })),
      'half on the device': told(() => trainer.gradients({ ...batch, inputs: tensor([1]) } as unknown as Batch)),
      'an option': told(() => trainer.gradients(batch, { sampleOfset: 3 } as object)),
      'an offset': told(() => trainer.gradients(batch, { sampleOffset: -1 })),
    };
    expect(found).toMatchInlineSnapshot(`
      {
        "a label": "DataError: crossEntropy: the label of sample 3 is 9, but the model has 4 classes, so labels are whole numbers from 0 to 3. Mend the label, or give the last layer as many units as there are classes.",
        "an offset": "OptionError: trainer.gradients: sampleOffset is -1, but must be an integer from 0 to 4294967295.",
        "an option": "OptionError: trainer.gradients: there is no option 'sampleOfset'. Did you mean 'sampleOffset'? Known: sampleOffset.",
        "half on the device": "OptionError: trainer.gradients: got an object with inputs, inputShape, targets, targetShape, ids, but a batch on the device is needed. Write trainer.gradients(toDevice(batch)).",
        "no batch": "DataError: trainer.gradients: a batch has 'dataset', which nobody reads. Known: inputs, inputShape, targets, targetShape, weights, ids, moreInputs, moreTargets.",
      }
    `);
    expect(memory().numTensors - before).toBe(1);
    const { loss } = trainer.gradients({ ...batch, inputs: batch.inputs.map(() => NaN) });
    await expect(loss()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[NumericError: trainer.gradients: the loss of step 1 is NaN. Pass the batch over, trainer.discard(), or begin again. Try a smaller learning rate, a warm-up, batch normalisation, and inputs scaled to about -1 to 1.]`,
    );
    trainer.dispose();
  });
});

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
