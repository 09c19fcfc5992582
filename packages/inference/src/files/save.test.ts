import { readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cpu } from '@striate/core/testing';
import { dispose, ops, option, sha256, tensor, use } from '@striate/core';
import {
  dense,
  defineInitializer,
  defineLayerKind,
  freeze,
  frozenParameters,
  initialize,
  input,
  sequential,
} from '@striate/layers';
import { definePenalty } from '@striate/regularizers';
import { beforeAll, expect, test } from 'vitest';
import { predict } from '../predict.ts';
import { smallNet } from '../testing/small-net.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { load, save } from './save.ts';
import { weightsSha256 } from './weights-sha256.ts';

beforeAll(async () => {
  await use(cpu());
});

const preprocessing = { size: [6, 6], channels: 1, scale: 1 / 255, mean: [0.1], standardDeviation: [0.3] } as const;

test('a saved model comes back to the bit, with all that belongs to it', async () => {
  const folder = join(await temporaryFolder(), 'model');
  const network = initialize(smallNet(), { seed: 4 });
  await save({ ...network, preprocessing, classNames: ['a', 'b', 'c', 'd'] }, folder);
  await save({ ...network, preprocessing, classNames: ['a', 'b', 'c', 'e'] }, folder);
  expect((await readdir(join(folder, '..'))).toSorted()).toEqual(['model']);
  expect((await readdir(folder)).toSorted()).toEqual(['SHA256SUMS', 'model.json', 'weights.safetensors']);
  const loaded = await load(folder);
  expect(loaded.preprocessing).toEqual(preprocessing);
  expect(loaded.classNames).toEqual(['a', 'b', 'c', 'e']);
  expect(loaded.network).toMatchObject({ preprocessing, classNames: ['a', 'b', 'c', 'e'] });
  expect(Object.keys(loaded.network.parameters)).toEqual(Object.keys(network.parameters));
  const fingerprint = await weightsSha256(network);
  expect(await weightsSha256(loaded.network)).toBe(fingerprint);
  expect(await sha256(await readFile(join(folder, 'weights.safetensors')))).toBe(fingerprint);
  const images = Float32Array.from({ length: 72 }, (_, place) => (place * 37) % 11);
  expect(await predict(loaded.network, images)).toEqual(await predict(network, images));
});

test('a model with layers and functions of others comes back with them, frozen and nested parts included', async () => {
  const folder = join(await temporaryFolder(), 'model');
  const sum = definePenalty({
    type: 'me/sum',
    doc: 'Sum of magnitudes.',
    options: { factor: option.number({ doc: 'How much it counts.', example: 0.5 }) },
    make:
      ({ factor }) =>
      (x) =>
        ops.penalty(x, { l1: factor, l2: 0 }),
  });
  const twice = defineLayerKind({
    type: 'me/twice',
    doc: 'Twice its input.',
    options: {},
    make: () => ({
      outputShapes: ([x]) => [x!],
      apply: ([x]) => ({ outputs: [ops.add(x!, x!)] }),
    }),
  });
  const head = sequential([input([4]), twice(), dense({ units: 2, kernelRegularizer: sum({ factor: 0.5 }) })], {
    name: 'head',
  });
  const network = initialize(sequential([input([3]), dense({ units: 4 }), freeze(head, () => true)]), { seed: 4 });
  await save(network, folder);
  const { network: loaded } = await load(folder, { kinds: [twice, sum] });
  expect(Object.keys(loaded.parameters)).toContain('head/dense/kernel');
  expect(frozenParameters(loaded.model)).toEqual(new Set(['head/dense/kernel', 'head/dense/bias']));
  const inputs = new Float32Array([1, -2, 3]);
  expect(await predict(loaded, inputs)).toEqual(await predict(network, inputs));
  await expect(load(folder, { kinds: [sum] })).rejects.toThrow(/'head\/twice'.*kinds: \[twice\]/);
  await expect(load(folder, { kinds: [twice] })).rejects.toThrow(/'head\/dense'.*kinds: \[sum\]/);
  const bare = sequential([
    input([3]),
    dense({ units: 4, kernelRegularizer: (x) => ops.penalty(x, { l1: 1, l2: 0 }) }),
  ]);
  await expect(save(initialize(bare, { seed: 1 }), folder)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: modelToJson: kernelRegularizer of layer 'dense' is a function, which cannot be saved. Use a record, such as heNormal(), or define a kind of your own: defineInitializer, definePenalty, defineConstraint, defineActivation.]`,
  );
});

test('loading draws no starting weights', async () => {
  const folder = join(await temporaryFolder(), 'model');
  let draws = 0;
  const counted = defineInitializer({
    type: 'me/counted',
    doc: 'Counts its draws.',
    options: {},
    make: () => (shape) => {
      draws++;
      return new Float32Array(shape.reduce((product, size) => product * size)).fill(0.5);
    },
  });
  const network = initialize(sequential([input([2]), dense({ units: 3, kernelInitializer: counted() })]), {
    seed: 1,
  });
  await save(network, folder);
  expect(draws).toBe(1);
  const loaded = await load(folder, { kinds: [counted] });
  expect(draws).toBe(1);
  expect(await weightsSha256(loaded.network)).toBe(await weightsSha256(network));
  dispose(network.parameters, loaded.network.parameters);
});

test('another weight, another fingerprint', async () => {
  const fingerprints = [1, 2].map((seed) => weightsSha256(initialize(smallNet(), { seed })));
  expect(await fingerprints[0]).not.toBe(await fingerprints[1]);
});

test('says what is wrong with a folder', async () => {
  const folder = join(await temporaryFolder(), 'model');
  const messageFor = (): Promise<string> =>
    load(folder).then(
      () => 'no error',
      (error: Error) => error.message.replaceAll(folder, 'runs/a/model').replaceAll(/[0-9a-f]{64}/g, 'HASH'),
    );
  expect(await messageFor()).toMatchInlineSnapshot(`"model runs/a/model: is not there."`);
  await save(initialize(smallNet(), { seed: 4 }), folder);
  const card = await readFile(join(folder, 'model.json'), 'utf8');
  await writeFile(join(folder, 'model.json'), card.replace('"units": 4', '"units": 5'));
  expect(await messageFor()).toMatchInlineSnapshot(
    `"model runs/a/model: model.json is damaged: its SHA-256 is HASH, but SHA256SUMS says HASH. Take an older or another copy, or remove this folder."`,
  );
  await rename(folder, `${folder}.replaced`);
  expect(await messageFor()).toMatchInlineSnapshot(
    `"model runs/a/model: is not there, but runs/a/model.replaced is: its replacement was interrupted. Rename that back."`,
  );
});

test('predicts one sample or many, in batches of any size, from arrays or tensors', async () => {
  const model = sequential([input([3]), dense({ units: 2 })]);
  const network = {
    model,
    parameters: {
      'dense/kernel': tensor([
        [1, 0],
        [0, 2],
        [1, -1],
      ]),
      'dense/bias': tensor([0.5, 0]),
    },
    state: {},
  };
  const inputs = Float32Array.of(1, 2, 3, 0, 0, 0, -1, 1, 0.5);
  const logits = [
    [4.5, 1],
    [0.5, 0],
    [0, 1.5],
  ];
  const rows = async (found: Promise<Float32Array[]>): Promise<number[][]> =>
    (await found).map((row) => Array.from(row));
  expect(await rows(predict(network, inputs, { output: 'logits', batchSize: 2 }))).toEqual(logits);
  expect(await rows(predict(network, tensor(inputs, [3, 3]), { output: 'logits' }))).toEqual(logits);
  expect(await rows(predict(network, tensor([1, 2, 3]), { output: 'logits' }))).toEqual([logits[0]]);
  expect(await rows(predict(network, inputs))).toEqual(logits);
  const [[first]] = (await rows(predict(network, inputs, { output: 'probabilities' }))) as [[number]];
  expect(first).toBeCloseTo(1 / (1 + Math.exp(1 - 4.5)), 6);
  await expect(predict(network, new Float32Array(4))).rejects.toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: predict: 4 values do not make whole samples of [3], which have 3 each.]`,
  );
  dispose(network.parameters);
});
