import { execFileSync } from 'node:child_process';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cpu } from '@striate/core/testing';
import { DataError, memory, use } from '@striate/core';
import { weightsSha256 } from '@striate/inference';
import { smallNet, temporaryFolder } from '@striate/inference/testing';
import { dense, flatten, input, sequential } from '@striate/layers';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { latestCheckpoint, listCheckpoints } from '../files/checkpoint-folders.ts';
import { readCheckpoint } from '../files/checkpoint.ts';
import { namesIn } from '../testing/names-in.ts';
import { trainShortly } from '../testing/train-shortly.ts';
import { disposeTraining } from '../training-state.ts';
import type { Callback } from './callback.ts';
import { checkpoints, type CheckpointsOptions } from './checkpoints.ts';

beforeAll(async () => {
  await use(cpu());
});

test('resumed from a file in mid-epoch, training ends with the same bits', async () => {
  const folder = await temporaryFolder();
  const whole = await trainShortly({});
  const cut = await trainShortly({
    callbacks: [checkpoints(folder), { onStep: ({ step, stop }) => (step === 9 ? stop('enough') : undefined) }],
  });
  expect(await namesIn(folder)).toEqual(['checkpoint-000006', 'checkpoint-000009']);
  const found = await latestCheckpoint(folder, smallNet());
  expect(found).toMatchObject({ optimizer: { type: 'adam' }, notes: [], state: { step: 9, epoch: 1, batch: 3 } });
  expect(found!.state.sums).toEqual(cut.state.sums);
  const before = memory().numTensors;
  const resumed = await trainShortly({ resume: found!.state, callbacks: [checkpoints(folder)] });
  expect(await weightsSha256(resumed.network)).toBe(await weightsSha256(whole.network));
  expect(resumed.history.epochs.map(({ loss, accuracy: share }) => [loss, share])).toEqual(
    whole.history.epochs.map(({ loss, accuracy: share }) => [loss, share]),
  );
  disposeTraining(resumed.state);
  expect(memory().numTensors).toBe(before);
  for (const state of [whole.state, cut.state, found!.state]) disposeTraining(state);
});

test('keeps the last ones, and clears what an interrupted write left', async () => {
  const folder = await temporaryFolder();
  // The machine and process are none that live; nothing else ends like that.
  const left = 'checkpoint-000003.partial-0123456789ab-99999999-0123456789ab';
  await mkdir(join(folder, left));
  await utimes(join(folder, left), 0, 0);
  await mkdir(join(folder, 'checkpoint-000003.partial'));
  await mkdir(join(folder, 'my own.partial'));
  const written: string[] = [];
  const saving = checkpoints(folder, {
    everySteps: 2,
    keep: 2,
    onWritten: (path) => void written.push(basename(path)),
  });
  const { state } = await trainShortly({ callbacks: [saving] });
  expect(written.map((name) => Number(name.slice(-2)))).toEqual([2, 4, 6, 8, 10, 12]);
  expect(await namesIn(folder)).toEqual([
    'checkpoint-000003.partial',
    'checkpoint-000010',
    'checkpoint-000012',
    'my own.partial',
  ]);
  disposeTraining(state);
});

test('does not mix with another run', async () => {
  const folder = await temporaryFolder();
  const first = await trainShortly({ epochs: 1, callbacks: [checkpoints(folder)] });
  const refused = trainShortly({ callbacks: [checkpoints(folder)] }).catch((error: Error) =>
    error.message.replaceAll(folder, 'runs/a'),
  );
  expect(await refused).toMatchInlineSnapshot(
    `"checkpoints: runs/a already holds 1, the last runs/a/checkpoint-000006, and this training does not resume from them. Resume, choose another folder, or give overwrite: true."`,
  );
  const second = await trainShortly({ callbacks: [checkpoints(folder, { overwrite: true })] });
  expect(await namesIn(folder)).toEqual(['checkpoint-000006', 'checkpoint-000012']);
  for (const { state } of [first, second]) disposeTraining(state);
});

test('an abort is saved', async () => {
  const folder = await temporaryFolder();
  const controller = new AbortController();
  const aborting: Callback = { onStep: ({ step }) => (step === 4 ? controller.abort() : undefined) };
  const { state } = await trainShortly({ callbacks: [aborting, checkpoints(folder)], signal: controller.signal });
  expect(await namesIn(folder)).toEqual(['checkpoint-000004']);
  disposeTraining(state);
});

test('no flipped bit goes unnoticed', async () => {
  const folder = await temporaryFolder();
  const { state } = await trainShortly({ epochs: 1, callbacks: [checkpoints(folder)] });
  disposeTraining(state);
  const [checkpoint] = await listCheckpoints(folder);
  const files = await namesIn(checkpoint!);
  expect(files).toEqual(['SHA256SUMS', 'tensors.safetensors', 'training.json']);
  execFileSync('sha256sum', ['--check', '--status', 'SHA256SUMS'], { cwd: checkpoint });
  const before = memory().numTensors;
  for (const file of files) {
    const path = join(checkpoint!, file);
    const whole = await readFile(path);
    for (let place = 0; place < whole.length; place += Math.ceil(whole.length / 40)) {
      const flipped = Uint8Array.from(whole);
      flipped[place]! ^= 1 << (place % 8);
      await writeFile(path, flipped);
      const error: unknown = await readCheckpoint(checkpoint!, smallNet()).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(DataError);
      expect((error as Error).message).toContain(checkpoint);
    }
    await writeFile(path, whole.subarray(0, whole.length - 1));
    await expect(readCheckpoint(checkpoint!, smallNet())).rejects.toThrow(DataError);
    await writeFile(path, whole);
  }
  expect(memory().numTensors).toBe(before);
  disposeTraining((await readCheckpoint(checkpoint!, smallNet())).state);
});

test('says what is wrong with a checkpoint', async () => {
  const folder = await temporaryFolder();
  const { state } = await trainShortly({ epochs: 1, callbacks: [checkpoints(folder)] });
  disposeTraining(state);
  const [checkpoint] = await listCheckpoints(folder);
  const messageFor = async (model = smallNet()): Promise<string> =>
    latestCheckpoint(folder, model).then(
      () => 'no error',
      (error: Error) => error.message.replaceAll(folder, 'runs/a').replaceAll(/[0-9a-f]{64}/g, 'HASH'),
    );
  const other = sequential([input([6, 6, 1]), flatten(), dense({ units: 4 })]);
  expect(await messageFor(other)).toMatchInlineSnapshot(
    `"checkpoint runs/a/checkpoint-000006: tensors.safetensors: 'parameters/dense/kernel' is [16, 4], but the model's is [36, 4]. It belongs to another model; give that one, or another file."`,
  );
  const tensors = join(checkpoint!, 'tensors.safetensors');
  const whole = await readFile(tensors);
  await writeFile(
    tensors,
    Uint8Array.from(whole, (byte, place) => (place === 3000 ? byte ^ 16 : byte)),
  );
  expect(await messageFor()).toMatchInlineSnapshot(
    `"checkpoint runs/a/checkpoint-000006: tensors.safetensors is damaged: its SHA-256 is HASH, but SHA256SUMS says HASH. Take an older or another copy, or remove this folder."`,
  );
  execFileSync('rm', [tensors]);
  expect(await messageFor()).toMatchInlineSnapshot(
    `"checkpoint runs/a/checkpoint-000006: tensors.safetensors is missing. Take an older or another copy, or remove this folder."`,
  );
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

test.skipIf(!canMount)('a full disk ends training with a clear error and leaves older checkpoints intact', async () => {
  const folder = await temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=36k', 'tmpfs', folder]);
  onTestFinished(() => void execFileSync('umount', [folder]));
  const tensors = memory().numTensors;
  const error: unknown = await trainShortly({ epochs: 8, callbacks: [checkpoints(folder, { keep: 9 })] }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  const message = (error as Error).message.replaceAll(folder, 'runs/a').replaceAll(/\d+ bytes/g, 'N bytes');
  expect(message.replaceAll(/0000\d\d/g, 'STEP').replace(/partial[\w/.]*/, 'partial')).toMatchInlineSnapshot(
    `"checkpoint runs/a/checkpoint-STEP: could not be written: there is no space left on the disk. It needs N bytes. What was saved before is untouched. Make room or choose another folder."`,
  );
  expect(memory().numTensors).toBe(tensors);
  const left = await namesIn(folder);
  expect(left.length).toBeGreaterThan(0);
  expect(left.every((name) => /^checkpoint-\d+$/.test(name))).toBe(true);
  const found = await latestCheckpoint(folder, smallNet());
  expect(basename(found!.folder)).toBe(left.at(-1));
  disposeTraining(found!.state);
});

test('refuses impossible options', () => {
  expect(() => checkpoints('a', { keep: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: checkpoints: keep is 0, but must be a whole number of at least 1.]`,
  );
  expect(() => checkpoints('a', { everySteps: 1.5 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: checkpoints: everySteps is 1.5, but must be a whole number of at least 1.]`,
  );
  const wrong: [unknown, unknown][] = [
    ['', {}],
    [undefined, {}],
    ['a', { overwrites: true }],
    ['a', { overwrite: 'yes' }],
    ['a', { onSetAside: 'print' }],
    ['a', 500],
  ];
  const messages = wrong.map(([directory, options]) => {
    try {
      checkpoints(directory as string, options as CheckpointsOptions);
      return 'no error';
    } catch (error) {
      return String(error);
    }
  });
  expect(messages).toMatchInlineSnapshot(`
    [
      "OptionError: checkpoints: the folder is "", but must be a path, such as 'runs/a'; '.' is the working directory.",
      "OptionError: checkpoints: the folder is undefined, but must be a path, such as 'runs/a'; '.' is the working directory.",
      "OptionError: checkpoints: there is no option 'overwrites'. Did you mean 'overwrite'? Known: everySteps, keep, overwrite, onWritten, onSetAside.",
      "OptionError: checkpoints: overwrite is "yes", but must be true or false.",
      "OptionError: checkpoints: onSetAside is "print", but must be a function.",
      "OptionError: checkpoints: its options are 500, but must be a record. Write checkpoints('runs/a', { everySteps: 500 }).",
    ]
  `);
});
