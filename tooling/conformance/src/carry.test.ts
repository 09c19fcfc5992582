import { engine } from '@striate/core/backend';
// A training that moves from one backend to another in a running program, and one whose backend fails.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wasm } from '@striate/backend-wasm';
import { activeBackend, memory, tensor, use } from '@striate/core';
import { weightsSha256 } from '@striate/inference';
import { checkpoints, disposeTraining, fit, readCheckpoint, type FitOptions } from '@striate/train';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { backends } from './backends.ts';
import { smallCnn, smallTraining } from './small-training.ts';
import { usableBackends } from './usable-backends.ts';

const seed = 1;
const steps = 12;
const settings = (): FitOptions => smallTraining({ seed, steps });

afterAll(() => activeBackend()?.stop());

describe('a training state', () => {
  let wanted: readonly number[];
  beforeAll(async () => {
    await use(wasm({ threads: 1 }));
    const { history, state } = await fit(smallCnn(), settings());
    wanted = history.stepLosses!;
    disposeTraining(state);
  });

  const others = usableBackends.filter((name) => !name.startsWith('wasm'));
  it.each(others)('goes to %s and back to the bit, and trains on there', async (name) => {
    const other = backends[name]!();
    await use(wasm({ threads: 1 }));
    const { network, state } = await fit(smallCnn(), {
      ...settings(),
      callbacks: [{ onStep: ({ step, stop }) => (step === 5 ? stop('enough') : undefined) }],
    });
    const more = { whole: tensor([-1, 2 ** 31 - 1], [2], 'int32'), flags: tensor([true, false], [2], 'bool') };
    const before = await weightsSha256(network);
    const counted = memory();
    await use(other, { carry: [state, more] });
    expect(activeBackend()!.name).toBe(other.name);
    expect(memory().numTensors).toBe(counted.numTensors);
    expect(await weightsSha256(network)).toBe(before);
    const resumed = await fit(smallCnn(), { ...settings(), resume: state });
    for (const [place, loss] of resumed.history.stepLosses!.entries()) {
      expect(Math.abs(loss / wanted[5 + place]! - 1), `step ${6 + place}`).toBeLessThan(1e-3);
    }
    disposeTraining(resumed.state);
    await use(wasm({ threads: 1 }), { carry: [state, more] });
    expect(await weightsSha256(network)).toBe(before);
    expect(Array.from(await more.whole.data())).toEqual([-1, 2 ** 31 - 1]);
    expect(Array.from(await more.flags.data())).toEqual([1, 0]);
    const { history, state: last } = await fit(smallCnn(), { ...settings(), resume: state });
    expect(history.stepLosses).toEqual(wanted.slice(5));
    disposeTraining(last);
    disposeTraining(state);
  });
});

it.runIf(usableBackends.includes('webgpu'))(
  'a GPU that is lost: the error names the last checkpoint, from which another backend goes on',
  async () => {
    const gpu = backends['webgpu']!();
    const folder = await mkdtemp(join(tmpdir(), 'striate-lost-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await use(gpu);
    const kept = tensor([1]);
    // The backend's own device, as a driver that crashes would take it away.
    const { device } = engine().backend as unknown as { device: { destroy(): void } };
    const failing = fit(smallCnn(), {
      ...settings(),
      callbacks: [
        checkpoints(folder, { everySteps: 4 }),
        { onStep: ({ step }) => (step === 6 ? device.destroy() : undefined) },
      ],
    });
    const error: unknown = await failing.catch((reason: unknown) => reason);
    expect(
      String(error)
        .replaceAll(folder, 'runs/a')
        .replace(/after step \d+/, 'after step N'),
    ).toMatchInlineSnapshot(
      `"BackendError: fit: the backend webgpu failed after step N: webgpu: the GPU device is lost: it was destroyed. All tensors on it are gone. Start the backend again with use(webgpu()) and go on from the last checkpoint. Last checkpoint: runs/a/checkpoint-000004. Resume on this or another backend: fit(model, { ...options, resume: (await readCheckpoint('runs/a/checkpoint-000004', model)).state })."`,
    );
    await expect(use(wasm({ threads: 1 }), { carry: [kept] })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[BackendError: use: what to carry cannot be read from webgpu any more: webgpu: the GPU device is lost: it was destroyed. All tensors on it are gone. Start the backend again with use(webgpu()) and go on from the last checkpoint. Leave carry out and go on from a checkpoint.]`,
    );
    await use(wasm({ threads: 1 }));
    const { state } = await readCheckpoint(join(folder, 'checkpoint-000004'), smallCnn());
    const resumed = await fit(smallCnn(), { ...settings(), resume: state });
    expect(resumed.state.step).toBe(steps);
    disposeTraining(state);
    disposeTraining(resumed.state);
  },
);
