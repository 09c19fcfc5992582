import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { holderOf } from './folder-lock.ts';
import { isBeingReplaced, type RunFolderOptions } from './run-folder.ts';
import { identityOf } from './run-settings.ts';
import { putBackCommand } from './set-aside.ts';
import { fingerprint } from './testing/fingerprint.ts';
import {
  earlier,
  leaveLock,
  open,
  other,
  place,
  readJson,
  refusal,
  settings,
  writeChecksummed,
  writeJson,
  writeRun,
} from './testing/runs.ts';

test('a new folder is held, and says at once which run it is, with its settings', async () => {
  const path = await place();
  const folder = await open(path);
  expect(folder).toMatchObject({ path, checkpoints: join(path, 'checkpoints'), hasCheckpoints: false });
  const { run } = holderOf(path)!;
  expect(readJson(join(path, 'options.json'))).toEqual({ formatVersion: 1, run, ...settings });
  folder.release();
  expect(readdirSync(path)).toEqual(['options.json']);
});

test('a start that comes to nothing leaves nothing', async () => {
  const path = await place();
  const folder = await open(join(path, 'deep', 'down'));
  mkdirSync(folder.checkpoints);
  await folder.giveUp();
  expect(existsSync(path)).toBe(false);
});

test('a run that is there is neither mixed with nor removed unasked', async () => {
  const path = await place();
  writeRun(path);
  expect(await refusal(path)).toMatchInlineSnapshot(
    `"run: already holds 2 checkpoints, the last run/checkpoints/checkpoint-000024. Add --resume to go on from it, --overwrite to remove them, or choose another --out."`,
  );
  writeRun(join(path, 'short'), { checkpoints: [18], isDone: false });
  expect(await refusal(join(path, 'short'))).toMatchInlineSnapshot(
    `"run: already holds a checkpoint, the last run/checkpoints/checkpoint-000018. Add --resume to go on from it, --overwrite to remove them, or choose another --out."`,
  );
});

test('a resumed run has the settings that it was started with, and may have more epochs', async () => {
  const path = await place();
  writeRun(path);
  const folder = await open(path, { resume: true, epochs: 5 });
  expect(folder).toMatchObject({ hasCheckpoints: true, settings: { ...settings, seed: 1, epochs: 5 } });
  expect(readJson(join(path, 'options.json'))).toMatchObject({ run: earlier, seed: 1, epochs: 5 });
  await folder.giveUp();
  expect(readJson(join(path, 'options.json'))).toMatchObject({ run: earlier, seed: 1, epochs: 2 });
  expect(await refusal(path, { resume: true, seed: 9 } as RunFolderOptions)).toContain('--seed is 9');
});

test('a run of an earlier version, whose options have no name of it, goes on', async () => {
  const path = await place();
  writeRun(path);
  writeJson(join(path, 'options.json'), settings);
  await open(path, { resume: true });
  expect(readJson(join(path, 'options.json'))).toEqual({ formatVersion: 1, run: holderOf(path)!.run, ...settings });
});

test('what is replaced is set aside first, and goes once the run has begun', async () => {
  const path = await place();
  writeRun(path);
  writeFileSync(join(path, 'checkpoints', 'own.txt'), 'mine');
  const folder = await open(path, { overwrite: true });
  expect(folder.hasCheckpoints).toBe(false);
  const { run } = holderOf(path)!;
  const aside = `replaced-by-${run}`;
  expect(readdirSync(path).toSorted()).toEqual(['checkpoints', 'in-use', 'options.json', aside]);
  expect(readdirSync(join(path, aside)).toSorted()).toEqual(['checkpoints', 'history.json', 'model', 'options.json']);
  expect(await folder.begun()).toBeUndefined();
  await folder.giveUp();
  expect(readdirSync(path).toSorted()).toEqual(['checkpoints', 'options.json']);
  expect(readdirSync(join(path, 'checkpoints'))).toEqual(['own.txt']);
  expect(readJson(join(path, 'options.json'))).toMatchObject({ run });
});

test('of a start that comes to nothing, what it was to replace is back', async () => {
  const path = await place();
  writeRun(path);
  const before = fingerprint(path);
  const folder = await open(path, { overwrite: true });
  expect(fingerprint(path)).not.toEqual(before);
  await folder.giveUp();
  expect(fingerprint(path)).toEqual(before);
});

test('what somebody has put to what was set aside stays', async () => {
  const path = await place();
  writeRun(path);
  const folder = await open(path, { overwrite: true });
  const aside = join(path, `replaced-by-${holderOf(path)!.run}`);
  writeFileSync(join(aside, 'model', 'note.txt'), 'mine');
  expect(await folder.begun()).toBe(aside);
  expect(fingerprint(aside)).toEqual({ model: 'folder', 'model/note.txt': 'file mine' });
});

test('an --overwrite that was killed early goes on as itself, and keeps what it replaces until it has begun', async () => {
  const path = await place();
  writeRun(path);
  const first = await open(path, { overwrite: true, seed: 7 });
  const { run } = holderOf(path)!;
  first.release();
  expect(await refusal(path)).toMatch(
    /^run: already holds what a training that was interrupted early has set aside in /,
  );
  const again = await open(path, { resume: true });
  expect(again).toMatchObject({ hasCheckpoints: false, settings: { seed: 7 } });
  expect(holderOf(path)!.run).toBe(run);
  expect(existsSync(join(path, `replaced-by-${run}`, 'model'))).toBe(true);
  await again.begun();
  expect(readdirSync(path).toSorted()).toEqual(['checkpoints', 'in-use', 'options.json']);
});

test('however often an --overwrite is killed early, the first run is kept as it was, and can be taken back', async () => {
  const path = await place();
  writeRun(path);
  const before = fingerprint(path);
  for (const seed of [7, 8, 9]) {
    const killed = await open(path, { overwrite: true, seed });
    const aside = join(path, `replaced-by-${holderOf(path)!.run}`);
    expect(killed.replaced()).toBe(aside);
    expect(readdirSync(path).toSorted()).toEqual(['checkpoints', 'in-use', 'options.json', basename(aside)]);
    expect(fingerprint(aside)).toEqual(before);
    killed.release();
  }
  const given = await open(path, { overwrite: true, seed: 10 });
  await given.giveUp();
  expect(fingerprint(path)).toEqual(before);
  const last = await open(path, { overwrite: true, seed: 11 });
  await last.begun();
  expect(last.replaced()).toBeUndefined();
  expect(readdirSync(path).toSorted()).toEqual(['checkpoints', 'in-use', 'options.json']);
});

test('what earlier versions have set aside within one another is taken apart', async () => {
  const path = await place();
  writeRun(path);
  const before = fingerprint(path);
  for (const run of [other, 'c0ffee00-0000-4000-8000-000000000003']) {
    const names = readdirSync(path);
    const aside = join(path, `replaced-by-${run}`);
    mkdirSync(aside);
    for (const name of names) renameSync(join(path, name), join(aside, name));
    writeJson(join(path, 'options.json'), identityOf(run, settings));
  }
  const folder = await open(path, { overwrite: true });
  expect(fingerprint(folder.replaced()!)).toEqual(before);
});

test('a start that was killed before it wrote its options cannot go on', async () => {
  const path = await place();
  mkdirSync(path);
  leaveLock(path, other);
  expect(await refusal(path, { resume: true })).toMatchInlineSnapshot(
    `"run: the start of a training was interrupted there (2026-11-21T10:00:00.000Z) before it wrote down its options. Start it again, without --resume."`,
  );
  await open(path, {});
});

test('an --overwrite that was killed half-way through setting aside is no run; the earlier one is put back', async () => {
  const path = await place();
  writeRun(path);
  const before = fingerprint(path);
  // As far as `setAside` may have come.
  const aside = join(path, `replaced-by-${other}`);
  mkdirSync(join(aside, 'checkpoints'), { recursive: true });
  for (const entry of ['history.json', 'model', 'checkpoints/checkpoint-000012']) {
    renameSync(join(path, entry), join(aside, entry));
  }
  leaveLock(path, other);
  expect(await isBeingReplaced(path)).toBe(true);
  expect(await refusal(path, { resume: true })).toMatchInlineSnapshot(
    `"run: the start of a training was interrupted there (2026-11-21T10:00:00.000Z) before it wrote down its options. What an earlier training left is whole. Start the new one again with --overwrite, or remove run/in-use to go on with the earlier one."`,
  );
  cpSync(path, `${path}-2`, { recursive: true });
  (await open(path, { overwrite: true })).release();
  expect(readdirSync(path).filter((name) => name.startsWith('replaced-by'))).toHaveLength(1);
  // As the message advises.
  rmSync(join(`${path}-2`, 'in-use'));
  const folder = await open(`${path}-2`, { resume: true });
  expect(folder).toMatchObject({ hasCheckpoints: true, settings: { seed: 1 } });
  await folder.giveUp();
  expect(fingerprint(`${path}-2`)).toEqual(before);
});

test.each<[string, (path: string) => void, string]>([
  [
    'a model folder',
    (path) => writeTo(path, 'model/net.py', 'precious'),
    "run/model: the folder is not one that Striate wrote: it holds 'net.py'",
  ],
  [
    'a model without checksums',
    (path) => writeTo(path, 'model/model.json', '{}'),
    "run/model: the folder is not one that Striate wrote: it holds 'model.json' without SHA256SUMS",
  ],
  ['a history', (path) => writeTo(path, 'history.json', 'mine'), 'run/history.json: striate train did not write this'],
  ['options', (path) => writeTo(path, 'options.json', '{"a":1}'), 'run/options.json: model is missing.'],
  ['a file of checkpoints', (path) => writeTo(path, 'checkpoints', ''), 'run/checkpoints: striate train did not write'],
  ['a lock', (path) => writeTo(path, 'in-use', 'mine'), 'run/in-use: is not a lock that striate wrote'],
  ['a link', (path) => link(path, 'model'), 'run/model: striate train did not write this'],
  ['a link', (path) => link(path, 'checkpoints'), 'run/checkpoints: striate train did not write this'],
  ['a link', (path) => link(path, 'options.json'), 'run/options.json: striate train did not write this'],
  ['a link', (path) => link(path, 'history.json'), 'run/history.json: striate train did not write this'],
])("a stranger's %s is refused by its name", async (_name, write, message) => {
  const path = await place();
  mkdirSync(path);
  write(path);
  for (const options of [{}, { overwrite: true }, { resume: true }])
    expect(await refusal(path, options)).toContain(message);
});

test.each<[string, (path: string) => void, string]>([
  [
    'its model',
    (path) => writeTo(path, 'model/note.txt', 'mine'),
    "run/model: the folder is not one that Striate wrote: it holds 'note.txt'",
  ],
  [
    'a checkpoint',
    (path) => writeTo(path, 'checkpoints/checkpoint-000012/note.txt', 'mine'),
    'run/checkpoints/checkpoint-000012/note.txt: striate train did not write this',
  ],
])("a stranger's file in %s keeps a run from being replaced", async (_name, write, message) => {
  const path = await place();
  writeRun(path);
  write(path);
  expect(await refusal(path, { overwrite: true })).toContain(message);
});

test('a model that no training wrote is replaced only if asked for', async () => {
  const path = await place();
  writeChecksummed(join(path, 'model'), ['model.json', 'weights.safetensors']);
  expect(await refusal(path)).toContain('run: already holds a model. Add --resume');
  expect(await refusal(path, { resume: true })).toContain('run: holds a model or a history, but no options.json');
  await open(path, { overwrite: true });
});

test('a path that only a shell knows makes no folder', async () => {
  await expect(open('~/runs')).rejects.toThrow("only a shell knows '~'");
});

test('no folder has an empty path', async () => {
  await expect(open('')).rejects.toThrow("--out is empty. Give a folder's path, or leave it out.");
});

const writeTo = (path: string, name: string, text: string): void => {
  mkdirSync(join(path, name, '..'), { recursive: true });
  writeFileSync(join(path, name), text);
};

const link = (path: string, name: string): void => {
  writeRun(join(path, 'elsewhere'));
  symlinkSync(`elsewhere/${name}`, join(path, name));
};

test('the line for a shell that is told puts back what a run without a checkpoint has set aside', async () => {
  const path = `${await place()} and more`;
  writeRun(path);
  const before = fingerprint(path);
  const folder = await open(path, { overwrite: true });
  const line = putBackCommand(path, folder.replaced()!);
  mkdirSync(join(path, 'checkpoints', '.partial'), { recursive: true });
  folder.release();
  expect(fingerprint(path)).not.toEqual(before);
  execFileSync('sh', ['-c', line]);
  expect(fingerprint(path)).toEqual(before);
});

test.each(['options.json', 'history.json', 'in-use'])('a %s of a gigabyte is not read', async (name) => {
  const path = await place();
  writeRun(path);
  writeFileSync(join(path, name), '');
  truncateSync(join(path, name), 2 ** 30);
  const error: unknown = await open(path, { resume: true }).catch((cause: unknown) => cause);
  expect(String(error).replaceAll(path, 'run')).toMatchSnapshot();
});
