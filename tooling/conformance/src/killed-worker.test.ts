// Training on threads of which one is killed from outside: never a wait without end, and another backend goes on.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker, WorkerOptions } from 'node:worker_threads';
import { wasm } from '@striate/backend-wasm';
import { activeBackend, tensor, use } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { checkpoints, disposeTraining, fit, readCheckpoint, type Callback, type FitOptions } from '@striate/train';
import { afterAll, afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { smallCnn, smallTraining } from './small-training.ts';

const seed = 1;
/** A training that nothing happens to ends here. */
const enough = 14;
/** Settings of a training that is stopped after step `last`. Batches so large that every kernel of note is shared by the threads. */
const settings = (last: number, ...callbacks: Callback[]): FitOptions => ({
  ...smallTraining({ seed, steps: 400, size: 128 }),
  callbacks: [...callbacks, { onStep: ({ step, stop }) => (step === last ? stop('enough') : undefined) }],
});

const threads = process.getBuiltinModule('node:worker_threads');
const UsualWorker = threads.Worker;
let workers: Worker[] = [];
let dies: Int32Array;

// A worker of the backend that, once told to, joins the next job and ends before it has done its part.
const serve = 'exports.serve(job, thread);';
const joinAndDie = `
  const { workerData } = require('node:worker_threads');
  if (workerData) {
    const [state, open] = [new Int32Array(memory.buffer, job, 1), 1 << 30];
    Atomics.wait(workerData, 0, 0);
    Atomics.store(workerData, 0, 2);
    Atomics.notify(workerData, 0);
    for (let seen = 0; !(seen & open) || Atomics.compareExchange(state, 0, seen, seen + 1) !== seen; ) seen = Atomics.load(state, 0);
    process.exit();
  }`;

beforeEach(() => {
  workers = [];
  dies = new Int32Array(new SharedArrayBuffer(4));
});
afterEach(() => {
  threads.Worker = UsualWorker;
});
afterAll(() => activeBackend()?.stop());

/** Lets the test have the workers that the backend starts from now on. */
function catchWorkers({ dying = false } = {}): void {
  threads.Worker = class extends UsualWorker {
    constructor(source: string, options: WorkerOptions) {
      super(source.replace(serve, joinAndDie + serve), { ...options, workerData: dying ? dies : undefined });
      workers.push(this);
    }
  };
}

interface Failed {
  /** The error, without what differs from run to run. */
  message: string;
  /** The checkpoint that it names. */
  checkpoint: string;
  seconds: number;
}

/** Trains up to step `last` at most, and lets the test kill a worker after step 6. */
async function trainAndKill(kill: () => unknown, last = enough): Promise<Failed> {
  const folder = await mkdtemp(join(tmpdir(), 'striate-killed-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const start = performance.now();
  const killing: Callback = {
    async onStep({ step }) {
      if (step === 6) await kill();
    },
  };
  const failing = fit(smallCnn(), settings(last, checkpoints(folder, { everySteps: 4 }), killing));
  const error: unknown = await failing.then(
    ({ state }) => disposeTraining(state),
    (reason: unknown) => reason,
  );
  const seconds = (performance.now() - start) / 1000;
  const [checkpoint = ''] = /[^']*(?=', model)/.exec(String(error)) ?? [];
  const message = String(error)
    .replaceAll(checkpoint, 'runs/a/checkpoint-N')
    .replace(/after step \d+/, 'after step N')
    .replace(/kernel '\w+'/, 'kernel K');
  return { message, checkpoint, seconds };
}

/** Goes on from the checkpoint on another backend; the losses are those of a training that nothing disturbed. */
async function resumes(checkpoint: string): Promise<void> {
  threads.Worker = UsualWorker;
  await use(cpu());
  const { state } = await readCheckpoint(checkpoint, smallCnn());
  const before = state.step;
  expect(before).toBeGreaterThanOrEqual(4);
  const last = before + 6;
  const resumed = await fit(smallCnn(), { ...settings(last), resume: state });
  const losses = resumed.history.stepLosses!;
  disposeTraining(resumed.state);
  disposeTraining(state);

  await use(wasm({ threads: 2 }));
  const { history, state: undisturbed } = await fit(smallCnn(), settings(last));
  disposeTraining(undisturbed);
  expect(losses).toHaveLength(last - before);
  for (const [place, loss] of losses.entries()) {
    expect(Math.abs(loss / history.stepLosses![before + place]! - 1), `step ${before + place}`).toBeLessThan(1e-3);
  }
}

it('a worker that is killed between two steps: an error that names the checkpoint', async () => {
  catchWorkers();
  await use(wasm({ threads: 3 }));
  const { checkpoint, message } = await trainAndKill(() => workers[1]!.terminate());
  expect(message).toMatchInlineSnapshot(
    `"BackendError: fit: the backend wasm failed after step N: wasm: worker 2 of 2 ended: exit code 1. Start the backend again with use(wasm()). Last checkpoint: runs/a/checkpoint-N. Resume on this or another backend: fit(model, { ...options, resume: (await readCheckpoint('runs/a/checkpoint-N', model)).state })."`,
  );
  await resumes(checkpoint);
});

it('a worker that dies while it has a part of a kernel in hand: the same, after ten seconds', async () => {
  catchWorkers({ dying: true });
  await use(wasm({ threads: 2 }));
  const kept = tensor([1, 2]);
  const { checkpoint, message, seconds } = await trainAndKill(() => {
    Atomics.store(dies, 0, 1);
    Atomics.notify(dies, 0);
    Atomics.wait(dies, 0, 1); // until it lies in wait
    // On a busy machine other programs may have its core: it misses the jobs of many steps.
  }, 400);
  expect(seconds).toBeGreaterThan(10);
  expect(seconds).toBeLessThan(300);
  expect(message).toMatchInlineSnapshot(
    `"BackendError: fit: the backend wasm failed after step N: wasm: 1 of 1 worker did not finish kernel K within 10 s, as if killed. Start the backend again with use(wasm()). Last checkpoint: runs/a/checkpoint-N. Resume on this or another backend: fit(model, { ...options, resume: (await readCheckpoint('runs/a/checkpoint-N', model)).state })."`,
  );
  expect(Array.from(await kept.data())).toEqual([1, 2]); // what lies in the memory can still be read
  await resumes(checkpoint);
});

it('a worker that is killed while kernels run: an error, or a training that ends without it, over and over', async () => {
  for (let round = 0; round < 5; round++) {
    workers = [];
    catchWorkers();
    await use(wasm({ threads: 2 }));
    const { message } = await trainAndKill(() => void workers[0]!.terminate());
    expect(message).toMatch(
      /^undefined$|^BackendError: fit: the backend wasm failed after step N: wasm: (worker 1 of 1 ended|1 of 1 worker did not)/,
    );
  }
});
