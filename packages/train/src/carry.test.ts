import { Worker } from 'node:worker_threads';
import { wasm } from '@striate/backend-wasm';
import { cpu } from '@striate/core/testing';
import { activeBackend, BackendError, memory, use, type Backend } from '@striate/core';
import { batches } from '@striate/data';
import { weightsSha256, predict } from '@striate/inference';
import { smallNet, temporaryFolder } from '@striate/inference/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { checkpoints } from './callbacks/checkpoints.ts';
import { readCheckpoint } from './files/checkpoint.ts';
import { fit } from './fit.ts';
import type { FitOptions } from './fit-options.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { adam } from './optimizers/adam.ts';
import { blobs } from './testing/blobs.ts';
import { disposeTraining } from './training-state.ts';

const data = batches(blobs({ length: 52, seed: 1 }), { size: 10, seed: 3 });

const options = (): FitOptions => ({
  data,
  epochs: 2,
  optimizer: adam({ learningRate: 0.02 }),
  loss: crossEntropy(),
  seed: 5,
  stepLosses: true,
});

afterAll(() => activeBackend()?.stop());

const firstHalf = (): FitOptions => ({
  ...options(),
  callbacks: [{ onStep: ({ step, stop }) => (step === 7 ? stop('half') : undefined) }],
});

describe('a training carried from one backend to another', () => {
  let exact: readonly number[];
  let fingerprint: string;
  beforeAll(async () => {
    await use(wasm({ threads: 1 }));
    const whole = await fit(smallNet(), options());
    exact = whole.history.stepLosses!;
    fingerprint = await weightsSha256(whole.network);
    disposeTraining(whole.state);
  });

  const two = (): Backend => wasm({ threads: 2 });
  test.each<[string, Backend, Backend]>([
    ['with other threads', wasm({ threads: 1 }), two()],
    ['and back, through another one', two(), wasm({ threads: 1 })],
  ])('goes on to the same bits %s', async (way, first, second) => {
    await use(first);
    const { network, state } = await fit(smallNet(), firstHalf());
    const counted = memory();
    const before = await weightsSha256(network);
    if (way.includes('another')) {
      await use(cpu(), { carry: [{ network, state }] });
      expect(await weightsSha256(network)).toBe(before);
    }
    await use(second, { carry: [{ network, state }] });
    expect(memory()).toMatchObject({ numTensors: counted.numTensors, numBytes: counted.numBytes });
    expect(await weightsSha256(network)).toBe(before);
    expect(await predict(network, new Float32Array(36))).toHaveLength(1);
    const resumed = await fit(smallNet(), { ...options(), resume: state });
    expect(resumed.history.stepLosses).toEqual(exact.slice(7));
    expect(await weightsSha256(resumed.network)).toBe(fingerprint);
    disposeTraining(state);
    disposeTraining(resumed.state);
  });

  test('goes on with losses as close as backends are', async () => {
    await use(wasm({ threads: 1 }));
    const { state } = await fit(smallNet(), firstHalf());
    await use(cpu(), { carry: [state] });
    const { history, state: last } = await fit(smallNet(), { ...options(), resume: state });
    for (const [place, loss] of history.stepLosses!.entries()) expect(loss).toBeCloseTo(exact[7 + place]!, 3);
    disposeTraining(state);
    disposeTraining(last);
  });
});

test('a backend cannot be replaced under a running fit', async () => {
  await use(cpu());
  let refusal: unknown;
  const { state } = await fit(smallNet(), {
    ...options(),
    callbacks: [
      {
        async onStep({ step }) {
          if (step === 2) refusal = await use(wasm({ threads: 1 })).catch((error: unknown) => error);
        },
      },
    ],
  });
  expect(refusal).toMatchInlineSnapshot(
    `[OptionError: use: fit is running on cpu, which cannot be replaced under it. Wait until it has ended, or abort it by its signal; then carry its state over.]`,
  );
  // Not caught, it is told as what it is, and not as a backend that failed.
  const replacing = { onStep: async () => void (await use(wasm({ threads: 1 }))) };
  const raised: unknown = await fit(smallNet(), { ...options(), callbacks: [replacing] }).catch(
    (error: unknown) => error,
  );
  expect(String(raised)).toBe(String(refusal));
  await use(wasm({ threads: 1 }), { carry: [state] });
  disposeTraining(state);
});

test('a worker that is killed: an error that names the last checkpoint, from which another backend goes on', async () => {
  const folder = await temporaryFolder();
  const posting = vi.spyOn(Worker.prototype, 'postMessage');
  await use(wasm({ threads: 2 }));
  const worker = posting.mock.contexts.at(-1) as Worker;
  posting.mockRestore();
  const error: unknown = await fit(smallNet(), {
    ...options(),
    callbacks: [
      checkpoints(folder, { everySteps: 5 }),
      {
        async onStep({ step }) {
          if (step === 9) await worker.terminate();
        },
      },
    ],
  }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(BackendError);
  expect((error as Error).message.replaceAll(folder, 'runs/a')).toMatchInlineSnapshot(
    `"fit: the backend wasm failed after step 9: wasm: worker 1 of 1 ended: exit code 1. Start the backend again with use(wasm()). Last checkpoint: runs/a/checkpoint-000006. Resume on this or another backend: fit(model, { ...options, resume: (await readCheckpoint('runs/a/checkpoint-000006', model)).state })."`,
  );

  await use(cpu());
  const { state } = await readCheckpoint(`${folder}/checkpoint-000006`, smallNet());
  const resumed = await fit(smallNet(), { ...options(), resume: state });
  expect(resumed.state.step).toBe(12);
  disposeTraining(state);
  disposeTraining(resumed.state);
});
