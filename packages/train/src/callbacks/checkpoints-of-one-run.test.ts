import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cpu } from '@striate/core/testing';
import { DataError, use } from '@striate/core';
import { smallNet, temporaryFolder } from '@striate/inference/testing';
import { beforeAll, expect, test } from 'vitest';
import { checkpointName, latestCheckpoint, listCheckpoints, setAsideCheckpoints } from '../files/checkpoint-folders.ts';
import { readCheckpoint } from '../files/checkpoint.ts';
import { namesIn } from '../testing/names-in.ts';
import { trainShortly } from '../testing/train-shortly.ts';
import { disposeTraining } from '../training-state.ts';
import type { Callback } from './callback.ts';
import { checkpoints, type CheckpointsOptions } from './checkpoints.ts';

beforeAll(async () => {
  await use(cpu());
});

/** Trains until a step, with checkpoints every 2 steps, from the checkpoint of another step. */
async function trainTo(last: number, folder: string, from?: number, options: CheckpointsOptions = {}): Promise<void> {
  const found = from === undefined ? undefined : await readCheckpoint(join(folder, checkpointName(from)), smallNet());
  const { state } = await trainShortly({
    callbacks: [
      checkpoints(folder, { everySteps: 2, ...options }),
      { onStep: ({ step, stop }) => (step === last ? stop('enough') : undefined) },
    ],
    ...(found && { resume: found.state }),
  });
  disposeTraining(state);
  if (found) disposeTraining(found.state);
}

test('a resume from an older checkpoint sets aside what is ahead of it, and the newest is its own', async () => {
  const folder = await temporaryFolder();
  await trainTo(8, folder, undefined, { keep: 9 });
  const before = await readFile(join(folder, 'checkpoint-000008', 'tensors.safetensors'));
  const aside: string[] = [];
  await trainTo(4, folder, 2, { keep: 1, onSetAside: (path) => void aside.push(path) });
  expect(aside).toEqual([join(folder, 'abandoned-after-000002')]);
  expect(await namesIn(folder)).toEqual(['abandoned-after-000002', 'checkpoint-000004']);
  expect((await listCheckpoints(aside[0]!)).map((path) => basename(path))).toEqual([
    'checkpoint-000004',
    'checkpoint-000006',
    'checkpoint-000008',
  ]);
  expect(await readFile(join(aside[0]!, 'checkpoint-000008', 'tensors.safetensors'))).toEqual(before);
  await trainTo(8, folder, 4, { keep: 9, onSetAside: (path) => void aside.push(path) });
  await trainTo(6, folder, 4, { keep: 9, onSetAside: (path) => void aside.push(path) });
  await trainTo(6, folder, 4, { keep: 9, onSetAside: (path) => void aside.push(path) });
  expect(aside.slice(1).map((path) => basename(path))).toEqual(['abandoned-after-000004', 'abandoned-after-000004-2']);
  // One can go back to what was set aside.
  const found = await latestCheckpoint(aside[1]!, smallNet());
  expect(found!.state.step).toBe(8);
  disposeTraining(found!.state);
});

test('what overwrite takes the place of stays until the new run has a checkpoint', async () => {
  const folder = await temporaryFolder();
  await trainTo(4, folder);
  const failing: Callback = {
    onStep() {
      throw new Error('killed');
    },
  };
  const killed = trainShortly({ callbacks: [checkpoints(folder, { overwrite: true }), failing] });
  await expect(killed).rejects.toThrow('killed');
  expect(await namesIn(folder)).toEqual(['overwritten']);
  expect(await namesIn(join(folder, 'overwritten'))).toEqual([
    'checkpoint-000002',
    'checkpoint-000004',
    'set-aside.txt',
  ]);
  expect(await latestCheckpoint(folder, smallNet())).toBeUndefined();
  // Training that was not told to overwrite leaves them alone.
  await trainTo(2, folder);
  expect(await namesIn(folder)).toEqual(['checkpoint-000002', 'overwritten']);
  await writeFile(join(folder, 'overwritten', 'notes.txt'), 'mine');
  await expect(trainShortly({ callbacks: [checkpoints(folder, { overwrite: true }), failing] })).rejects.toThrow(
    'killed',
  );
  expect(await namesIn(folder)).toEqual(['overwritten', 'overwritten-2']);
  await trainTo(2, folder, undefined, { overwrite: true });
  expect(await namesIn(folder)).toEqual(['checkpoint-000002', 'overwritten']);
  expect(await namesIn(join(folder, 'overwritten'))).toEqual(['notes.txt', 'set-aside.txt']);
});

test('checkpoints can be set aside before training, which then removes them', async () => {
  const folder = await temporaryFolder();
  expect(await setAsideCheckpoints(join(folder, 'none'))).toBeUndefined();
  await trainTo(4, folder);
  expect(await setAsideCheckpoints(folder)).toBe(join(folder, 'overwritten'));
  expect(await setAsideCheckpoints(folder)).toBeUndefined();
  await trainTo(2, folder, undefined, { overwrite: true });
  expect(await namesIn(folder)).toEqual(['checkpoint-000002']);
});

test('a move that was cut off counts as done, and is done by the next training', async () => {
  const folder = await temporaryFolder();
  await trainTo(6, folder);
  // What a kill leaves after the first of three.
  await mkdir(join(folder, 'overwritten'));
  await writeFile(
    join(folder, 'overwritten', 'moving.txt'),
    'checkpoint-000002\ncheckpoint-000004\ncheckpoint-000006\n',
  );
  await rename(join(folder, 'checkpoint-000006'), join(folder, 'overwritten', 'checkpoint-000006'));
  expect(await listCheckpoints(folder)).toEqual([]);
  await trainTo(2, folder);
  expect(await namesIn(folder)).toEqual(['checkpoint-000002', 'overwritten']);
  expect(await namesIn(join(folder, 'overwritten'))).toEqual([
    'checkpoint-000002',
    'checkpoint-000004',
    'checkpoint-000006',
    'set-aside.txt',
  ]);
});

test('two trainings at once in one folder do not mix', async () => {
  const folder = await temporaryFolder();
  const other: Callback = {
    onStep: ({ step }) => (step === 3 ? mkdir(join(folder, 'checkpoint-000003')).then(() => undefined) : undefined),
  };
  const error: unknown = await trainShortly({ callbacks: [checkpoints(folder, { everySteps: 2 }), other] }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  expect((error as Error).message.replaceAll(folder, 'runs/a')).toMatchInlineSnapshot(
    `"checkpoints: runs/a/checkpoint-000003 was written by another training, while this one writes to runs/a too. Choose a folder for each."`,
  );
  expect(await namesIn(folder)).toEqual(['checkpoint-000002', 'checkpoint-000003']);
});

test('a folder named like a checkpoint that holds other things is neither moved nor removed', async () => {
  const folder = await temporaryFolder();
  await trainTo(4, folder);
  await writeFile(join(folder, 'checkpoint-000004', 'notes.txt'), 'mine');
  const error: unknown = await trainTo(4, folder, 2).catch((reason: unknown) => reason);
  expect((error as Error).message.replaceAll(folder, 'runs/a')).toMatchInlineSnapshot(
    `"runs/a/checkpoint-000004: holds notes.txt, which Striate did not write and so does not move. Move it away, or choose another folder for the checkpoints."`,
  );
  await expect(trainTo(4, folder, undefined, { overwrite: true })).rejects.toThrow(DataError);
  expect(await namesIn(folder)).toEqual(['checkpoint-000002', 'checkpoint-000004']);
  await trainTo(8, folder, 4, { keep: 1 });
  expect(await namesIn(folder)).toEqual(['checkpoint-000004', 'checkpoint-000008']);
  expect(await namesIn(join(folder, 'checkpoint-000004'))).toContain('notes.txt');
});
