import { wasm } from '@striate/backend-wasm';
import { cpu } from '@striate/core/testing';
import { memory, use, type Backend } from '@striate/core';
import { batches, mapBatches } from '@striate/data';
import { weightsSha256 } from '@striate/inference';
import { smallNet, temporaryFolder } from '@striate/inference/testing';
import { activation, conv2d, dense, dropout, flatten, input, sequential, type Model } from '@striate/layers';
import { l2 } from '@striate/regularizers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Callback } from './callbacks/callback.ts';
import { checkpoints } from './callbacks/checkpoints.ts';
import { latestCheckpoint } from './files/checkpoint-folders.ts';
import { fit, type FitResult } from './fit.ts';
import type { FitOptions } from './fit-options.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { accuracy } from './metrics/accuracy.ts';
import { cosineDecay } from './schedules/cosine-decay.ts';
import { sgd } from './optimizers/sgd.ts';
import { blobs } from './testing/blobs.ts';
import { disposeTraining } from './training-state.ts';

// 52 samples: 13 batches of 4, of which 4 make a step of 16 and the last one a step of 4.
const dataset = blobs({ length: 52, seed: 1 });
const parts = batches(dataset, { size: 4, seed: 3 });

const options = (): FitOptions => ({
  data: parts,
  accumulate: 4,
  epochs: 2,
  optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
  loss: crossEntropy(),
  metrics: [accuracy()],
  seed: 5,
  stepLosses: true,
});

/** No batch norm, which looks at each batch by itself; a penalty, which must not count four times; dropout. */
const plainNet = (): Model =>
  sequential([
    input([6, 6, 1]),
    conv2d({ filters: 4, kernelSize: 3, kernelRegularizer: l2(0.01) }),
    activation({ activation: 'relu' }),
    flatten(),
    dropout({ rate: 0.3 }),
    dense({ units: 4 }),
  ]);

const stopAt = (last: number): Callback => ({
  onStep: ({ step, stop }) => (step === last ? stop('enough') : undefined),
});

describe.each([
  ['cpu', cpu],
  ['wasm', () => wasm({ threads: 2 })],
])('on %s', (_name, backend: () => Backend) => {
  beforeAll(async () => {
    await use(backend());
  });

  test('four batches make the step of one that is four times as large', async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const train = (changes: Partial<FitOptions>): Promise<FitResult> =>
      fit(plainNet(), {
        ...options(),
        seed,
        optimizer: sgd({ learningRate: cosineDecay({ initialLearningRate: 0.05, decaySteps: 9 }), momentum: 0.9 }),
        ...changes,
      });
    const whole = await train({ data: batches(dataset, { size: 16, seed: 3 }), accumulate: 1 });
    const inParts = await train({});
    expect(inParts.state.step).toBe(whole.state.step);
    for (const [name, tensor] of Object.entries(whole.network.parameters)) {
      const [wanted, found] = [
        await tensor.data<'float32'>(),
        await inParts.network.parameters[name]!.data<'float32'>(),
      ];
      const apart = wanted.reduce((most, value, place) => Math.max(most, Math.abs(value - found[place]!)), 0);
      expect(apart, `${name}, seed ${seed}`).toBeLessThan(1e-6);
    }
    const timeless = ({ history }: FitResult): Record<string, number>[] =>
      history.epochs.map((record) => ({ ...record, seconds: 0, imagesPerSecond: 0 }));
    const [wanted, found] = [timeless(whole), timeless(inParts)];
    found.forEach((record, epoch) =>
      Object.entries(record).forEach(([name, value]) => expect(value).toBeCloseTo(wanted[epoch]![name]!, 6)),
    );
    for (const { state } of [whole, inParts]) disposeTraining(state);
  });

  test('resumed in the midst of an epoch, it ends with the same bits', async () => {
    const folder = await temporaryFolder();
    const whole = await fit(smallNet(), options());
    const cut = await fit(smallNet(), {
      ...options(),
      callbacks: [checkpoints(folder, { everySteps: 1 }), stopAt(6)],
    });
    expect(cut.state).toMatchObject({ step: 6, epoch: 1, batch: 8, data: { size: 4, accumulate: 4 } });
    const found = (await latestCheckpoint(folder, smallNet()))!;
    expect(found.state.step).toBe(6);
    const resumed = await fit(smallNet(), { ...options(), resume: found.state });
    expect(await weightsSha256(resumed.network)).toBe(await weightsSha256(whole.network));
    expect(resumed.history.epochs.at(-1)!.loss).toBe(whole.history.epochs.at(-1)!.loss);
    expect(resumed.history.stepLosses).toEqual(whole.history.stepLosses!.slice(6));
    for (const { state } of [whole, cut, found, resumed]) disposeTraining(state);
  });

  test('nothing grows, and nothing is left', async () => {
    const before = memory().numTensors;
    const counts: number[] = [];
    const counting: Callback = { onEpochEnd: () => void counts.push(memory().numTensors) };
    const { state } = await fit(smallNet(), { ...options(), epochs: 4, callbacks: [counting] });
    expect(new Set(counts).size).toBe(1);
    disposeTraining(state);
    expect(memory().numTensors).toBe(before);
  });
});

describe('steps of several batches', () => {
  beforeAll(async () => {
    await use(cpu());
  });

  test('are what callbacks and the history count', async () => {
    const seen: object[] = [];
    const { history, state } = await fit(plainNet(), {
      ...options(),
      epochs: 1,
      callbacks: [
        {
          async onStep({ step, epoch, batch, samples, run, loss }) {
            seen.push({ step, epoch, batch, samples, stepsPerEpoch: run.stepsPerEpoch, loss: await loss() });
          },
        },
      ],
    });
    const [a, b, c, d] = history.stepLosses!;
    const moment = { epoch: 1, stepsPerEpoch: 4 };
    expect(seen).toEqual([
      { ...moment, step: 1, batch: 4, samples: 16, loss: a },
      { ...moment, step: 2, batch: 8, samples: 16, loss: b },
      { ...moment, step: 3, batch: 12, samples: 16, loss: c },
      { ...moment, step: 4, batch: 13, samples: 4, loss: d },
    ]);
    expect(history.epochs[0]!.step).toBe(4);
    expect(history.epochs[0]!.loss).toBeCloseTo((16 * (a! + b! + c!) + 4 * d!) / 52, 10);
    disposeTraining(state);
  });

  test('are named where numbers stop being finite', async () => {
    const before = memory().numTensors;
    const spoilt = mapBatches(parts, (batch) =>
      batch.ids.includes(17) ? { ...batch, inputs: batch.inputs.map(() => Infinity) } : batch,
    );
    await expect(fit(plainNet(), { ...options(), data: spoilt })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[NumericError: fit: the loss of step 3 (epoch 1) is NaN. Sample 35 already has the input Infinity: look at the data. Try a smaller learning rate, a warm-up, batch normalisation, and inputs scaled to about -1 to 1. Checkpoints hold only finite values: resume from the last one.]`,
    );
    const tooFast = { ...options(), optimizer: sgd({ learningRate: 1e30 }) };
    await expect(fit(plainNet(), tooFast)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[NumericError: fit: the loss of step 2 (epoch 1) is NaN. In step 2 the first layer whose output is not finite is 'dense' (dense). Try a smaller learning rate, a warm-up, batch normalisation, and inputs scaled to about -1 to 1. Checkpoints hold only finite values: resume from the last one.]`,
    );
    expect(memory().numTensors).toBe(before);
  });

  test('of another number are refused at a resume', async () => {
    const { state } = await fit(smallNet(), { ...options(), epochs: 1 });
    const again = { ...options(), resume: state };
    await expect(fit(smallNet(), { ...again, accumulate: 2 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OptionError: fit: accumulate is 2, but the training that is resumed made each step of 4 batches. Write accumulate: 4.]`,
    );
    const { accumulate: _, ...without } = again;
    await expect(fit(smallNet(), without)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OptionError: fit: accumulate is 1, but the training that is resumed made each step of 4 batches. Write accumulate: 4.]`,
    );
    const torn = { ...state, step: 1, epoch: 0, batch: 2 };
    await expect(fit(smallNet(), { ...again, resume: torn })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: fit: resume is at step 1, but 0 epochs of 13 batches and 2 more are other ones. It is damaged, or the data are other ones.]`,
    );
    disposeTraining(state);
  });

  test.each([0, 1.5, -4, '4', null])('accumulate: %s is refused', async (accumulate) => {
    await expect(fit(smallNet(), { ...options(), accumulate: accumulate as number })).rejects.toThrow(
      'fit: accumulate is',
    );
  });

  test('an epoch that ends early is refused, and leaves nothing', async () => {
    const before = memory().numTensors;
    const short = { ...parts, batchesPerEpoch: 20 };
    await expect(fit(smallNet(), { ...options(), data: short })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: fit: epoch 1 of the data ended after 13 batches, but their batchesPerEpoch is 20.]`,
    );
    expect(memory().numTensors).toBe(before);
  });
});
