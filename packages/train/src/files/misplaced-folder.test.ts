import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cpu } from '@striate/core/testing';
import { DataError, use } from '@striate/core';
import { load, save } from '@striate/inference';
import { smallNet, temporaryFolder } from '@striate/inference/testing';
import { initialize } from '@striate/layers';
import { beforeAll, expect, test } from 'vitest';
import { readCheckpoint } from './checkpoint.ts';

beforeAll(async () => {
  await use(cpu());
});

const errorOf = (done: Promise<unknown>): Promise<Error> =>
  done.then(
    () => new Error('no error'),
    (error: Error) => error,
  );

test('a folder of another kind is told, with the one to take, and never to be removed', async () => {
  const run = await temporaryFolder();
  const [model, checkpoint] = [join(run, 'model'), join(run, 'checkpoints', 'checkpoint-000010')];
  await save(initialize(smallNet(), { seed: 4 }), model);
  // The folder is told by the names of its files; what comes of checksums is another test.
  await mkdir(checkpoint, { recursive: true });
  for (const name of ['training.json', 'tensors.safetensors']) await writeFile(join(checkpoint, name), '');
  await writeFile(join(checkpoint, 'SHA256SUMS'), `${'0'.repeat(64)}  training.json\n`);
  const empty = join(run, 'empty');
  await mkdir(empty);
  const wanted: [() => Promise<unknown>, string][] = [
    [
      () => load(run),
      `this is the folder of a training: its model is in ${model}, and its newest checkpoint is ${checkpoint}.`,
    ],
    [() => load(join(run, 'checkpoints')), `this folder holds checkpoints, the newest ${checkpoint}.`],
    [() => load(checkpoint), `this is a checkpoint's folder. Write readCheckpoint('${checkpoint}', model).`],
    [() => load(empty), "this is no model's folder"],
    [() => readCheckpoint(run, smallNet()), `its newest checkpoint is ${checkpoint}.`],
    [() => readCheckpoint(model, smallNet()), `this is a model's folder. Write load('${model}').`],
    [() => readCheckpoint(empty, smallNet()), "this is no checkpoint's folder"],
  ];
  for (const [read, message] of wanted) {
    const error = await errorOf(read());
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toContain(message);
    expect(error.message).not.toMatch(/remove/);
  }
});

test('a checkpoint is read for a model', async () => {
  const error = await errorOf(readCheckpoint('runs/a', undefined as never));
  expect(error.message).toBe('readCheckpoint: the model is missing. Write readCheckpoint(folder, model).');
});
