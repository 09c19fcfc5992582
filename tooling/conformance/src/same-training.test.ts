// The same seed on every backend: weights, random bits and masks are equal, losses stay close.
import { activeBackend, dispose, ops, sizeOf, streams, tensor, use, type Tensor } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { weightsSha256 } from '@striate/inference';
import { initialize } from '@striate/layers';
import { disposeTraining, fit } from '@striate/train';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backends } from './backends.ts';
import { smallCnn, smallTraining } from './small-training.ts';
import { usableBackends } from './usable-backends.ts';

const seed = Number(process.env.STRIATE_SEED ?? 1);
const steps = 50;

interface Findings {
  weights: string;
  random: Record<string, unknown>;
  losses: readonly number[];
}

/** Bits as they lie in memory: NaN and -0 included. */
async function bitsOf(tensors: Readonly<Record<string, Tensor>>): Promise<Record<string, number[]>> {
  const found: Record<string, number[]> = {};
  for (const [name, value] of Object.entries(tensors)) {
    const { buffer, byteOffset, byteLength } = (await value.data()) as Float32Array;
    found[name] = Array.from(new Uint8Array(buffer, byteOffset, byteLength));
  }
  dispose(tensors);
  return found;
}

/** What random ops give. */
async function randomOf(): Promise<Record<string, unknown>> {
  const source = { seed, stream: streams.dropout, call: 3, step: 5, sampleOffset: 2 };
  const shape = [4, 7, 5, 2];
  const ones = tensor(new Float32Array(sizeOf(shape)).fill(1), [4, 7, 5, 2]);
  const found = await bitsOf({
    bits: ops.randomBits({ ...source, shape }),
    dropout: ops.dropout(ones, { ...source, rate: 0.3 }),
    dropBlock: ops.dropBlockMask({ ...source, shape, rate: 0.2, blockSize: 3 }),
  });
  dispose(ones);
  return found;
}

/** Trains for `steps` steps, with masks and batches that hang on the seed. */
async function findings(): Promise<Findings> {
  const network = initialize(smallCnn(), { seed });
  const weights = await weightsSha256(network);
  dispose(network.parameters, network.state);
  const { history, state } = await fit(smallCnn(), smallTraining({ seed, steps }));
  disposeTraining(state);
  return { weights, random: await randomOf(), losses: history.stepLosses! };
}

describe(`the same seed, ${seed}`, () => {
  let wanted: Findings;
  beforeAll(async () => {
    await use(cpu());
    wanted = await findings();
  });
  afterAll(() => activeBackend()?.stop());

  it.each(usableBackends.filter((name) => name !== 'cpu'))('trains alike on %s', async (name) => {
    await use(backends[name]!());
    const found = await findings();
    expect(found.weights).toBe(wanted.weights);
    expect(found.random).toEqual(wanted.random);
    const errors = found.losses.map((loss, place) => Math.abs(loss / wanted.losses[place]! - 1));
    expect(found.losses).toHaveLength(steps);
    expect(Math.max(...errors.slice(0, 10))).toBeLessThan(1e-3);
    expect(errors.at(-1)).toBeLessThan(2e-2);
  });

  it('is a training that learns', () => {
    const mean = (losses: readonly number[]): number => losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    expect(mean(wanted.losses.slice(-5))).toBeLessThan(0.8 * mean(wanted.losses.slice(0, 5)));
  });
});
