// Everything in this folder in one training: it is saved, resumed and loaded with one list of kinds, and both its op and
// its kernel compute.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { use } from '@striate/core';
import { arrayDataset, batches } from '@striate/data';
import { load, predict, save, weightsSha256 } from '@striate/inference';
import { batchNorm, dense, flatten, input, sequential, type Model } from '@striate/layers';
import { checkpoints, disposeTraining, fit, readCheckpoint, recipeOf, type FitOptions } from '@striate/train';
import { expect, test } from 'vitest';
import { manifest } from './backend.ts';
import { checkered } from './initializer.ts';

import { pointwise } from './layer.ts';
import { focal } from './loss.ts';
import { recall } from './metric.ts';
import { shrinkage } from './op-layer.ts';
import { lion } from './optimizer.ts';
import { inverseTime } from './schedule.ts';

const kinds = [checkered, focal, inverseTime, lion, pointwise, recall, shrinkage];

const net = (): Model =>
  sequential([
    input([4, 4, 1]),
    pointwise({ filters: 4 }),
    batchNorm({ activation: 'relu' }),
    shrinkage({ threshold: 0.05 }),
    flatten(),
    dense({ units: 2, kernelInitializer: checkered({ size: 0.2 }) }),
  ]);

const labels = Array.from({ length: 40 }, (_, sample) => sample % 2);
const dataset = arrayDataset({
  name: 'halves',
  // The upper half is bright, or the lower.
  pixels: Uint8Array.from({ length: 40 * 16 }, (_, place) =>
    Math.floor((place % 16) / 8) === labels[Math.floor(place / 16)] ? 200 : (place * 37) % 50,
  ),
  labels,
  inputShape: [4, 4, 1],
  classNames: ['above', 'below'],
});

test('kinds of your own are trained with, saved, resumed and loaded', async () => {
  const backend = await use(manifest.make({ threads: 1 }));
  const folder = await mkdtemp(join(tmpdir(), 'striate-extend-'));
  try {
    const data = batches(dataset, { size: 8, seed: 1 });
    const options: FitOptions = {
      data,
      epochs: 6,
      seed: 3,
      optimizer: lion({ learningRate: inverseTime({ initialLearningRate: 0.02, halfLife: 20 }), weightDecay: 0.01 }),
      loss: focal({ gamma: 1 }),
      metrics: [recall(0), recall(1)],
    };
    const whole = await fit(net(), {
      ...options,
      callbacks: [checkpoints(join(folder, 'run'), { everySteps: 7, keep: 99 })],
    });
    expect(whole.history.epochs.at(-1)).toMatchObject({ recall0: 1, recall1: 1 });
    expect(backend.stats().kernelCalls['me.Shrink']).toBeGreaterThan(0);

    const checkpoint = await readCheckpoint(join(folder, 'run', 'checkpoint-000014'), net());
    const recipe = recipeOf(checkpoint, { kinds });
    const resumed = await fit(net(), {
      data,
      epochs: 6,
      metrics: [recall(0), recall(1)],
      ...recipe,
      resume: checkpoint.state,
    });
    expect(await weightsSha256(resumed.network)).toBe(await weightsSha256(whole.network));

    await save(whole.network, join(folder, 'model'));
    const { network, classNames } = await load(join(folder, 'model'), { kinds });
    const image = Float32Array.from(dataset.pixels.subarray(0, 16), (pixel) => pixel / 255);
    expect(classNames).toEqual(['above', 'below']);
    expect(await predict(network, image)).toEqual(await predict(whole.network, image));
    await expect(load(join(folder, 'model'))).rejects.toThrow('kinds: [pointwise]');
    for (const held of [whole.state, checkpoint.state, resumed.state]) disposeTraining(held);
  } finally {
    await rm(folder, { recursive: true });
    await backend.stop();
  }
});
