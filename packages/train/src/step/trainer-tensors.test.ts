import { cpu } from '@striate/core/testing';
import { dispose, memory, ops, tensor, tidy, use, type OutputMeaning, type Values } from '@striate/core';
import type { Batch } from '@striate/data';
import { weightsSha256 } from '@striate/inference';
import { smallNet } from '@striate/inference/testing';
import { initialize, type Network } from '@striate/layers';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Loss } from '../losses/loss.ts';
import { meanSquaredError } from '../losses/mean-squared-error.ts';
import { sgd } from '../optimizers/sgd.ts';
import { data, firstBatches, newTrainer } from '../testing/trainers.ts';
import { createTrainer } from './trainer.ts';

beforeAll(async () => {
  await use(cpu());
});

describe('what a trainer holds', () => {
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

  test('its network knows nothing that a loss of no meaning has undone', () => {
    const loss: Loss = { ...meanSquaredError(), type: 'me/own' };
    delete (loss as { outputMeaning?: OutputMeaning }).outputMeaning;
    const network: Network = { ...initialize(smallNet(), { seed: 1 }), outputMeaning: 'classes' };
    const trainer = createTrainer(network, { loss, optimizer: sgd() });
    const found = trainer.network();
    expect(found).not.toHaveProperty('outputMeaning');
    trainer.dispose();
    dispose(found.parameters, found.state);
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
    for (const each of [found, wanted]) dispose(each.parameters, each.state);
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
