import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { wasm } from '@striate/backend-wasm';
import {
  BackendError,
  DataError,
  dispose,
  memory,
  NumericError,
  OptionError,
  ShapeError,
  use,
  type Json,
} from '@striate/core';
import { batches, readIdx } from '@striate/data';
import { predict, load, modelFiles } from '@striate/inference';
import { checksumFile, withChecksums, type Files } from '@striate/inference/internal';
import { smallNet, temporaryFolder } from '@striate/inference/testing';
import { add, conv2d, flatten, dense, initialize, input, model, sequential, type Network } from '@striate/layers';
import { readSafetensors } from '@striate/weights';
import { beforeAll, expect, test } from 'vitest';
import { fit } from '../fit.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { accuracy } from '../metrics/accuracy.ts';
import { adam } from '../optimizers/adam.ts';
import { blobs } from '../testing/blobs.ts';
import { createDice, mutateBytes, mutateJson } from '../testing/mutations.ts';
import { disposeTraining } from '../training-state.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';

// Another seed draws other files: SEED=7 pnpm exec vitest run --project unit odd-files
const seed = Number(process.env['SEED'] ?? 1);

beforeAll(async () => {
  await use(wasm({ threads: 1 }));
});

const ours = [BackendError, DataError, NumericError, OptionError, ShapeError];
const isOurs = (error: unknown): boolean => ours.some((kind) => error instanceof kind);

/** Reads drawn files; each must be read, or be refused in a few lines by an error of ours that leaves no tensor. */
async function tryAll(
  count: number,
  draw: () => Promise<{ what: string; read: () => Promise<void> }>,
): Promise<{ read: number; refused: number }> {
  const outcomes = { read: 0, refused: 0 };
  for (let trial = 0; trial < count; trial++) {
    const { what, read } = await draw();
    const tensors = memory().numTensors;
    try {
      await read();
      outcomes.read++;
    } catch (error) {
      const where = `seed ${seed}, trial ${trial}: ${what}\n${String((error as Error)?.stack).slice(0, 2000)}`;
      expect(isOurs(error), where).toBe(true);
      expect((error as Error).message.length, where).toBeLessThan(1000);
      expect((error as Error).message.split('\n').length, where).toBeLessThan(20);
      outcomes.refused++;
    }
    expect(memory().numTensors, `seed ${seed}, trial ${trial}: ${what}`).toBe(tensors);
  }
  return outcomes;
}

const text = (json: Json): Uint8Array => new TextEncoder().encode(JSON.stringify(json));
const parse = (bytes: Uint8Array): Json => JSON.parse(new TextDecoder().decode(bytes)) as Json;

/** Some of a folder's files changed, with checksums that are right. */
async function drawFiles(
  files: Files,
  jsonFile: string,
  dice: (limit: number) => number,
): Promise<{ what: string; changed: Record<string, Uint8Array> }> {
  const { [checksumFile]: _, ...rest } = files;
  const tensors = Object.keys(rest).find((name) => name.endsWith('.safetensors'))!;
  const json = rest[jsonFile]!;
  const kind = dice(10);
  if (kind === 0 && jsonFile !== 'model.json')
    return sign(`bytes of ${jsonFile}`, { ...rest, [jsonFile]: mutateBytes(json, dice) });
  if (kind === 1) return sign(`bytes of ${tensors}`, { ...rest, [tensors]: mutateBytes(rest[tensors]!, dice) });
  if (kind === 2) {
    const bytes = rest[tensors]!;
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const header = text(mutateJson(parse(bytes.subarray(8, 8 + length)), dice));
    const head = new Uint8Array(8 + header.length);
    new DataView(head.buffer).setUint32(0, header.length, true);
    head.set(header, 8);
    return sign(`header of ${tensors}`, { ...rest, [tensors]: Buffer.concat([head, bytes.subarray(8 + length)]) });
  }
  let changed = parse(json);
  for (let change = dice(2); change >= 0; change--) changed = mutateJson(changed, dice);
  return sign(`${jsonFile} ${difference(parse(json), changed)}`, { ...rest, [jsonFile]: text(changed) });
}

async function sign(what: string, files: Files): Promise<{ what: string; changed: Record<string, Uint8Array> }> {
  const plain = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, new Uint8Array(bytes)]));
  return { what, changed: await withChecksums(plain) };
}

/** The first place at which two JSON values differ. */
function difference(a: Json, b: Json, path = ''): string {
  const isDeep = typeof a === 'object' && typeof b === 'object' && a !== null && b !== null;
  if (!isDeep) return `${path}: ${JSON.stringify(a)?.slice(0, 200)} -> ${JSON.stringify(b)?.slice(0, 200)}`;
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const key = keys.find(
    (name) => JSON.stringify((a as Record<string, Json>)[name]) !== JSON.stringify((b as Record<string, Json>)[name]),
  );
  if (key === undefined) return `${path}: none`;
  return difference((a as Record<string, Json>)[key]!, (b as Record<string, Json>)[key]!, `${path}.${key}`);
}

/** A model with a branch and a nested model. */
function branched(): Network {
  const x = input([6, 6, 1]);
  const conv = conv2d({
    filters: 2,
    kernelSize: 3,
    padding: 'same',
    kernelInitializer: { type: 'heNormal' },
    kernelRegularizer: { type: 'l2', factor: 0.1 },
    kernelConstraint: { type: 'maxNorm', maximum: 3, axis: [0, 1, 2] },
  });
  const block = sequential([input([6, 6, 2]), conv2d({ filters: 2, kernelSize: 1, activation: 'relu' })], {
    name: 'block',
  });
  const first = conv(x);
  const y = dense({ units: 3 })(flatten()(add()([first, block(first)])));
  return initialize(model({ inputs: x, outputs: y }), { seed: 1 });
}

test('saved models with odd content and right checksums are read or refused, whatever it is', async () => {
  const dice = createDice(seed);
  const preprocessing = { size: [6, 6], channels: 1, scale: 1 / 255, mean: [0.1], standardDeviation: [0.3] } as const;
  const picture = { background: 'dark', centering: 'mass', box: 4 } as const;
  const all = [
    await modelFiles({
      ...initialize(smallNet(), { seed: 4 }),
      preprocessing: { ...preprocessing, picture },
      classNames: ['a', 'b', 'c', 'd'],
    }),
    await modelFiles({ ...branched(), preprocessing, classNames: ['x', 'y', 'z'] }),
  ];
  const image = new Float32Array(36).fill(0.5);
  const outcomes = await tryAll(1500, async () => {
    const { what, changed } = await drawFiles(all[dice(2)]!, 'model.json', dice);
    return {
      what,
      async read() {
        const { network, classNames = [], preprocessing: record } = await load(changed);
        try {
          expect(classNames.every((name) => typeof name === 'string')).toBe(true);
          if (record) expect(record.mean.every(Number.isFinite)).toBe(true);
          const [row] = await predict(network, image);
          expect(row).toHaveLength(
            network.model.outputShapes[0]!.reduce<number>((product, size) => product * size!, 1),
          );
        } finally {
          dispose(network.parameters, network.state);
        }
      },
    };
  });
  expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(50);
});

test('checkpoints with odd content and right checksums are read or refused, whatever it is', async () => {
  const dice = createDice(seed + 1);
  const folder = join(await temporaryFolder(), 'checkpoint-000004');
  const options = {
    data: batches(blobs({ length: 8, seed: 1 }), { size: 4, seed: 3 }),
    optimizer: adam(),
    loss: crossEntropy(),
    metrics: [accuracy()],
  };
  const { state } = await fit(smallNet(), { ...options, epochs: 2 });
  await writeCheckpoint(folder, state, options.optimizer);
  disposeTraining(state);
  const net = smallNet();
  const names = ['tensors.safetensors', 'training.json'];
  const files = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, new Uint8Array(await readFile(join(folder, name)))] as const)),
  );
  const odd = join(folder, '..', 'odd');
  await mkdir(odd);
  const outcomes = await tryAll(300, async () => {
    const { what, changed } = await drawFiles(files, 'training.json', dice);
    for (const [name, bytes] of Object.entries(changed)) await writeFile(join(odd, name), bytes);
    return {
      what,
      async read() {
        const checkpoint = await readCheckpoint(odd, net);
        try {
          expect(Number.isSafeInteger(checkpoint.state.step)).toBe(true);
          const resumed = await fit(net, { ...options, epochs: 2, resume: checkpoint.state });
          disposeTraining(resumed.state);
        } finally {
          disposeTraining(checkpoint.state);
        }
      },
    };
  });
  expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(15);
});

test('safetensors and IDX files with odd bytes are read or refused, whatever they are', async () => {
  const dice = createDice(seed + 2);
  const files = await modelFiles(branched());
  const weights = files['weights.safetensors']!;
  const idx = Uint8Array.of(
    0,
    0,
    8,
    3,
    0,
    0,
    0,
    2,
    0,
    0,
    0,
    2,
    0,
    0,
    0,
    3,
    ...Array.from({ length: 12 }, (_, at) => at),
  );
  const sources = [idx, new Uint8Array(gzipSync(idx))];
  const outcomes = await tryAll(2000, async () => {
    if (dice(2) === 0) {
      const bytes = mutateBytes(sources[dice(2)]!, dice);
      return { what: `idx ${bytes.join()}`, read: async () => void (await readIdx(bytes, 'odd')) };
    }
    const bytes = mutateBytes(weights, dice);
    return { what: 'safetensors', read: async () => void readSafetensors(bytes, 'odd') };
  });
  expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(100);
});
