import { wasm } from '@striate/backend-wasm';
import { cpu } from '@striate/core/testing';
import { dispose, memory, use, type Backend } from '@striate/core';
import { batches } from '@striate/data';
import { weightsSha256 } from '@striate/inference';
import { smallNet } from '@striate/inference/testing';
import { initialize } from '@striate/layers';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Callback } from './callbacks/callback.ts';
import { evaluate } from './evaluate.ts';
import { fit } from './fit.ts';
import type { FitOptions } from './fit-options.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { accuracy } from './metrics/accuracy.ts';
import { topK } from './metrics/top-k.ts';
import { adam } from './optimizers/adam.ts';
import { sgd } from './optimizers/sgd.ts';
import { blobs } from './testing/blobs.ts';
import { disposeTraining } from './training-state.ts';

const train = batches(blobs({ length: 52, seed: 1 }), { size: 10, seed: 3 });
const validation = batches(blobs({ length: 30, seed: 2 }), { size: 16 });

const options = (): FitOptions => ({
  data: train,
  epochs: 2,
  optimizer: adam({ learningRate: 0.02 }),
  loss: crossEntropy(),
  metrics: [accuracy(), topK(2)],
  seed: 5,
});

describe.each([
  ['cpu', cpu],
  ['wasm', () => wasm({ threads: 2 })],
])('on %s', (_name, backend: () => Backend) => {
  beforeAll(async () => {
    await use(backend());
  });

  test('learns, and records means over the samples', async () => {
    const { network, history, state } = await fit(smallNet(), {
      ...options(),
      validation,
      epochs: 16,
      stepLosses: true,
    });
    const last = history.epochs.at(-1)!;
    expect(history.epochs).toHaveLength(16);
    expect(history.stopped).toBe('completed');
    expect(last).toMatchObject({ epoch: 16, step: 96 });
    expect(last['validation.accuracy']).toBeGreaterThan(0.9);
    expect(last['validation.loss']).toBeLessThan(0.4);
    expect(last.loss).toBeLessThan(history.epochs[0]!.loss);
    const sizes = [10, 10, 10, 10, 10, 2];
    const mean = sizes.reduce((sum, size, place) => sum + (size * history.stepLosses![90 + place]!) / 52, 0);
    expect(last.loss).toBeCloseTo(mean, 12);
    const again = await evaluate(network, validation, { loss: crossEntropy(), metrics: [accuracy()] });
    expect(again['accuracy']).toBe(last['validation.accuracy']);
    expect(JSON.parse(JSON.stringify(history))).toEqual(history);
    disposeTraining(state);
  });

  test('resumed in mid-epoch, it ends with the same bits', async () => {
    const whole = await fit(smallNet(), options());
    const stopAt = (step: number): Callback => ({
      onStep: (moment) => (moment.step === step ? moment.stop('enough') : undefined),
    });
    const cut = await fit(smallNet(), { ...options(), callbacks: [stopAt(4)] });
    expect(cut.history.stopped).toBe('enough');
    expect(cut.state).toMatchObject({ step: 4, epoch: 0, batch: 4 });
    const resumed = await fit(smallNet(), { ...options(), resume: cut.state });
    expect(await weightsSha256(resumed.network)).toBe(await weightsSha256(whole.network));
    const timeless = ({ epochs }: typeof whole.history): unknown =>
      epochs.map((record) => ({ ...record, seconds: 0, imagesPerSecond: 0 }));
    expect(timeless(resumed.history)).toEqual(timeless(whole.history));
    for (const { state } of [whole, cut, resumed]) disposeTraining(state);
  });

  test('an abort stops after the running step and loses nothing', async () => {
    const whole = await fit(smallNet(), options());
    const controller = new AbortController();
    const aborting: Callback = { onStep: ({ step }) => (step === 8 ? controller.abort() : undefined) };
    const cut = await fit(smallNet(), { ...options(), callbacks: [aborting], signal: controller.signal });
    expect(cut.history.stopped).toBe('aborted');
    expect(cut.state).toMatchObject({ step: 8, epoch: 1, batch: 2 });
    const resumed = await fit(smallNet(), { ...options(), resume: cut.state });
    expect(await weightsSha256(resumed.network)).toBe(await weightsSha256(whole.network));
    for (const { state } of [whole, cut, resumed]) disposeTraining(state);
  });

  test('an abort in the last step of an epoch or in validation leaves the epoch to be validated', async () => {
    const whole = await fit(smallNet(), { ...options(), validation });
    const controller = new AbortController();
    const aborting: Callback = { onStep: ({ step }) => (step === 6 ? controller.abort() : undefined) };
    const cut = await fit(smallNet(), { ...options(), validation, callbacks: [aborting], signal: controller.signal });
    expect(cut.state).toMatchObject({ step: 6, epoch: 0, batch: 6, history: [] });
    const resumed = await fit(smallNet(), { ...options(), validation, resume: cut.state });
    expect(resumed.history.epochs[0]!['validation.loss']).toBe(whole.history.epochs[0]!['validation.loss']);
    expect(await weightsSha256(resumed.network)).toBe(await weightsSha256(whole.network));
    for (const { state } of [whole, cut, resumed]) disposeTraining(state);
  });

  test('an aborted signal stops before the first step', async () => {
    const cut = await fit(smallNet(), { ...options(), signal: AbortSignal.abort() });
    expect(cut.state.step).toBe(0);
    disposeTraining(cut.state);
  });

  test('a callback that never ends is given up half a minute after an abort; one that ends in time is waited for', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const controller = new AbortController();
    const told: string[] = [];
    const hanging: Callback = {
      onStep({ step }) {
        if (step !== 3) return undefined;
        controller.abort();
        return new Promise(() => void setTimeout(() => told.push('clock'), 29_999));
      },
      onEnd: () => void told.push('the hanging one'),
    };
    const slow: Callback = {
      async onStep({ step }) {
        if (step < 3) return;
        await new Promise<void>((resolve) => {
          setTimeout(resolve, 20_000);
        });
        told.push('slow');
      },
      onEnd: () => void told.push('end'),
    };
    const fitting = fit(smallNet(), { ...options(), callbacks: [hanging, slow], signal: controller.signal });
    const clock = setInterval(() => vi.advanceTimersByTime(1000), 5);
    const cut = await fitting;
    clearInterval(clock);
    expect(told).toEqual(['clock', 'slow', 'end']);
    expect(cut.history.stopped).toBe('aborted; callbacks[0] did not end and was given up');
    expect(cut.state.step).toBe(3);
    await use(backend()); // nothing holds it
  });

  test('the number of tensors is the same after every epoch, and nothing is left in the end', async () => {
    const before = memory().numTensors;
    const network = initialize(smallNet(), { seed: 1 });
    const counts: number[] = [];
    const counting: Callback = { onEpochEnd: () => void counts.push(memory().numTensors) };
    const result = await fit(network, { ...options(), validation, epochs: 5, callbacks: [counting] });
    expect(new Set(counts).size).toBe(1);
    expect(counts[0]).toBeGreaterThan(0);
    disposeTraining(result.state);
    // The given network was left alone.
    expect(await network.parameters['conv2d/kernel']!.data()).toHaveLength(36);
    dispose(network.parameters, network.state);
    expect(memory().numTensors).toBe(before);
  });

  test('lets timers run while it trains', async () => {
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const { state } = await fit(smallNet(), { ...options(), epochs: 20 });
    clearInterval(timer);
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThan(300);
    disposeTraining(state);
  });

  test('the loss of a step can be had at once', async () => {
    const losses: number[] = [];
    const reading: Callback = { onStep: async ({ loss }) => void losses.push(await loss()) };
    const { history, state } = await fit(smallNet(), { ...options(), stepLosses: true, callbacks: [reading] });
    expect(losses).toEqual(history.stepLosses);
    disposeTraining(state);
  });

  test('refuses labels out of range before the step, naming the sample', async () => {
    const dataset = blobs({ length: 12, seed: 1 });
    const data = batches(dataset, { size: 4 });
    dataset.labels[7] = 4; // batches has looked at them before
    await expect(fit(smallNet(), { ...options(), data })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: crossEntropy: the label of sample 7 is 4, but the model has 4 classes, so labels are whole numbers from 0 to 3. Mend the label, or give the last layer as many units as there are classes.]`,
    );
  });

  test('refuses to resume with other data, another optimiser, another seed', async () => {
    const { state } = await fit(smallNet(), { ...options(), epochs: 1 });
    const refused = (change: Partial<FitOptions>): Promise<unknown> =>
      fit(smallNet(), { ...options(), ...change, resume: state });
    await expect(
      refused({ data: batches(blobs({ length: 52, seed: 1 }), { size: 10, seed: 4 }) }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: fit: the training that is resumed had order.seed 3 instead of 4. Give the same, or train anew; to go on all the same, on purpose: resume: { ...state, basis: undefined }.]`,
    );
    await expect(
      refused({ data: batches(blobs({ length: 40, seed: 1 }), { size: 8, seed: 3 }) }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: fit: the training that is resumed had 52 samples in batches of 10, but these data are 40 in batches of 8. Give the same data.]`,
    );
    await expect(refused({ optimizer: sgd({ momentum: 0.9 }) })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OptionError: fit: sgd keeps [velocities] for each parameter, but the training that is resumed has [means, variances]. Resume with the optimizer that it began with.]`,
    );
    await expect(refused({ seed: 6 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OptionError: fit: seed is 6, but the training that is resumed has 5. Leave the seed out.]`,
    );
    disposeTraining(state);
  });

  test('refuses impossible options', async () => {
    await expect(fit(smallNet(), { ...options(), epochs: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OptionError: fit: epochs is 0, but must be a whole number of at least 1.]`,
    );
    await expect(
      fit(smallNet(), { ...options(), metrics: [accuracy(), accuracy()] }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(`[OptionError: fit: there are two metrics called 'accuracy'.]`);
  });
});
