import { execFileSync } from 'node:child_process';
import { cp, lstat, mkdir, open, readFile, readdir, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cpu } from '@striate/core/testing';
import { DataError, OptionError, use } from '@striate/core';
import { batches } from '@striate/data';
import { checkModelFolder, load, save, weightsSha256 } from '@striate/inference';
import { smallNet, temporaryFolder } from '@striate/inference/testing';
import { initialize, type Network } from '@striate/layers';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fit } from '../fit.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { sgd } from '../optimizers/sgd.ts';
import { blobs } from '../testing/blobs.ts';
import { addForeignThings } from '../testing/foreign-things.ts';
import { ofThese, snapshot } from '../testing/snapshot.ts';
import type { TrainingState } from '../training-state.ts';
import { writeCheckpoint } from './checkpoint.ts';

let network: Network;
let state: TrainingState;
const optimizer = sgd({ learningRate: 0.01 });
const data = batches(blobs({ length: 8, seed: 1 }), { size: 4 });
beforeAll(async () => {
  await use(cpu());
  network = initialize(smallNet(), { seed: 4 });
  ({ state } = await fit(network, { data, epochs: 1, optimizer, loss: crossEntropy() }));
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

/** Everything that writes one folder of files. */
const writers: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  save: (folder) => save(network, folder),
  writeCheckpoint: (folder) => writeCheckpoint(folder, state, optimizer),
};

/** Folders that are not ours: each is made within a new one, and its path given back. */
const strangers: Readonly<Record<string, (place: string) => Promise<string>>> = {
  async 'other files, folders and links'(place) {
    await addForeignThings(place);
    return place;
  },
  async 'a link to such a folder'(place) {
    await mkdir(join(place, 'real'));
    await addForeignThings(join(place, 'real'));
    await symlink('real', join(place, 'link'));
    return join(place, 'link');
  },
  async 'a link to nothing'(place) {
    await symlink('nowhere', join(place, 'link'));
    return join(place, 'link');
  },
  async 'a file'(place) {
    await writeFile(join(place, 'model'), 'mine');
    return join(place, 'model');
  },
  async 'a path through a file'(place) {
    await writeFile(join(place, 'file'), 'mine');
    return join(place, 'file', 'model');
  },
  async 'files of our names that are not ours'(place) {
    for (const name of ['model.json', 'training.json']) await writeFile(join(place, name), '{}');
    return place;
  },
  async 'files of our names with checksums of their owner'(place) {
    await writeFile(join(place, 'model.json'), '{}');
    await writeFile(join(place, 'notes.txt'), 'mine');
    execFileSync('sh', ['-c', 'sha256sum model.json notes.txt > SHA256SUMS && rm notes.txt'], { cwd: place });
    return place;
  },
  async 'checksums of files that lie elsewhere'(place) {
    await writeFile(join(place, 'SHA256SUMS'), `${'0'.repeat(64)}  film.mkv\n`);
    return place;
  },
  async 'a model of ours with a file of theirs'(place) {
    await save(network, join(place, 'model'));
    await writeFile(join(place, 'model', 'README.md'), 'mine');
    return join(place, 'model');
  },
  async 'a model and a checkpoint of ours, changed by hand'(place) {
    const folder = join(place, 'model');
    await save(network, folder);
    await writeFile(join(folder, 'model.json'), (await readFile(join(folder, 'model.json'), 'utf8')).replace('4', '5'));
    return folder;
  },
  async 'a model of ours whose weights are a link'(place) {
    const folder = join(place, 'model');
    await save(network, folder);
    await rename(join(folder, 'weights.safetensors'), join(place, 'big.safetensors'));
    await symlink('../big.safetensors', join(folder, 'weights.safetensors'));
    return folder;
  },
  async 'a folder in progress that is none'(place) {
    await mkdir(join(place, '.partial-0123456789ab-1-0123456789ab'));
    await writeFile(join(place, '.partial-0123456789ab-1-0123456789ab', 'thesis.txt'), 'not to be lost');
    return place;
  },
};

describe.each(Object.entries(writers))('%s', (_, write) => {
  test.each(Object.entries(strangers))('refuses %s, and changes nothing', async (_name, make) => {
    const place = await temporaryFolder();
    const folder = await make(place);
    const before = await snapshot(place);
    const error: unknown = await write(folder).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toContain(folder);
    expect((error as Error).message).not.toMatch(/space|room|disk/);
    expect((error as Error).message.length).toBeLessThan(1_000);
    expect(await snapshot(place)).toEqual(before);
  });

  test("leaves what looks like a folder in progress beside its own alone, where it is a stranger's", async () => {
    const place = await temporaryFolder();
    for (const ending of ['partial', 'replaced', 'partial-mine', 'partial-0123456789ab-1-0123456789ab']) {
      await mkdir(join(place, `model.${ending}`));
      await addForeignThings(join(place, `model.${ending}`));
    }
    await addForeignThings(place);
    const before = await snapshot(place, { folderTimes: false });
    await write(join(place, 'model'));
    await write(join(place, 'model'));
    expect(ofThese(before, await snapshot(place, { folderTimes: false }))).toEqual(before);
    expect((await readdir(join(place, 'model'))).length).toBe(3);
  });

  test("an open file of a stranger's and of the folder before stays what it was", async () => {
    const place = await temporaryFolder();
    const folder = join(place, 'ours');
    await addForeignThings(place);
    await write(folder);
    const handles = await Promise.all(
      [join(place, 'thesis.txt'), join(folder, 'SHA256SUMS')].map((path) => open(path)),
    );
    const sums = await readFile(join(folder, 'SHA256SUMS'), 'utf8');
    await write(folder);
    expect(await handles[0]!.readFile('utf8')).toBe('not to be lost');
    expect(await handles[1]!.readFile('utf8')).toBe(sums);
    for (const handle of handles) await handle.close();
  });

  test('keeps a link, an empty folder and its mode, and what systems put into folders', async () => {
    const place = await temporaryFolder();
    await mkdir(join(place, 'real'), { mode: 0o700 });
    await writeFile(join(place, 'real', '.DS_Store'), 'mine');
    await symlink('real', join(place, 'link'));
    const before = await stat(join(place, 'real'));
    await write(join(place, 'link'));
    execFileSync('chmod', ['600', join(place, 'real', 'SHA256SUMS')]);
    await write(join(place, 'link'));
    expect((await lstat(join(place, 'link'))).isSymbolicLink()).toBe(true);
    const after = await stat(join(place, 'real'));
    expect([after.ino, after.mode]).toEqual([before.ino, before.mode]);
    expect((await stat(join(place, 'real', 'SHA256SUMS'))).mode & 0o777).toBe(0o600);
    expect((await readdir(join(place, 'real'))).length).toBe(4);
    execFileSync('sha256sum', ['--check', '--status', 'SHA256SUMS'], { cwd: join(place, 'real') });
  });

  test.skipIf(!canMount)('writes into a mount (mounting needs root under Linux)', async () => {
    const folder = join(await temporaryFolder(), 'mount');
    await mkdir(folder);
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]);
    onTestFinished(() => void execFileSync('umount', [folder]));
    await write(folder);
    await write(folder);
    expect((await readdir(folder)).length).toBe(3);
    await writeFile(join(folder, 'thesis.txt'), 'mine');
    const before = await snapshot(folder);
    await expect(write(folder)).rejects.toThrow("'thesis.txt'");
    expect(await snapshot(folder)).toEqual(before);
  });

  test.skipIf(!canMount)('says that a file of the folder is a mount (mounting needs root under Linux)', async () => {
    const place = await temporaryFolder();
    const folder = join(place, 'ours');
    await write(folder);
    await cp(join(folder, 'SHA256SUMS'), join(place, 'other'));
    execFileSync('mount', ['--bind', join(place, 'other'), join(folder, 'SHA256SUMS')]);
    onTestFinished(() => void execFileSync('umount', [join(folder, 'SHA256SUMS')]));
    const before = await snapshot(place, { folderTimes: false });
    await expect(write(folder)).rejects.toThrow(/mounted or in use.*Unmount/);
    expect(await snapshot(place, { folderTimes: false })).toEqual(before);
  });

  test.skipIf(!canMount)('says that a folder can only be read (mounting needs root under Linux)', async () => {
    const mount = await temporaryFolder();
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', mount]);
    onTestFinished(() => void execFileSync('umount', [mount]));
    await write(join(mount, 'ours'));
    execFileSync('mount', ['-o', 'remount,ro', mount]);
    const before = await snapshot(mount);
    for (const name of ['ours', 'new', join('new', 'deep')]) {
      const error: unknown = await write(join(mount, name)).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(DataError);
      expect((error as Error).message).toContain('it is mounted to be read only');
      expect((error as Error).message).not.toMatch(/space|room|bytes/);
    }
    expect(await snapshot(mount)).toEqual(before);
  });

  test.skipIf(!canMount)('says that a folder is not ours to write (giving up rights needs root)', async () => {
    const place = await temporaryFolder();
    execFileSync('chmod', ['755', place]);
    await write(join(place, 'ours'));
    const before = await snapshot(place);
    const messages: string[] = [];
    process.seteuid!(65_534);
    try {
      for (const name of ['ours', 'new', join('new', 'deep')]) {
        await write(join(place, name)).catch((error: Error) => messages.push(error.message));
      }
    } finally {
      process.seteuid!(0);
    }
    expect(messages.length).toBe(3);
    for (const message of messages) {
      expect(message).toContain('there is no permission');
      expect(message).not.toMatch(/space|room|bytes/);
    }
    expect(await snapshot(place)).toEqual(before);
  });

  test.each(['', 'a\0b', undefined, 7])('refuses %j as a path', async (path) => {
    const before = await readdir('.');
    await expect(write(path as string)).rejects.toThrow(OptionError);
    expect(await readdir('.')).toEqual(before);
  });

  test('does not try for ever where no folder can be made', async () => {
    await expect(write('/proc/striate/model')).rejects.toThrow(DataError);
  });
});

test('the working directory is a folder like others', async () => {
  const place = await temporaryFolder();
  await addForeignThings(place);
  await mkdir(join(place, 'empty'));
  const home = process.cwd();
  onTestFinished(() => process.chdir(home));
  process.chdir(place);
  const before = await snapshot(place);
  await expect(save(network, '.')).rejects.toThrow(DataError);
  expect(await snapshot(place)).toEqual(before);
  process.chdir(join(place, 'empty'));
  await save(network, '.');
  expect(await weightsSha256((await load('.')).network)).toBe(await weightsSha256(network));
});

test('a model folder can be checked before a long training', async () => {
  const place = await temporaryFolder();
  await addForeignThings(place);
  const before = await snapshot(place);
  await expect(checkModelFolder(place)).rejects.toThrow("'photos/'");
  await expect(checkModelFolder(join(place, 'thesis.txt', 'model'))).rejects.toThrow(DataError);
  await checkModelFolder(join(place, 'new', 'model'));
  expect(await snapshot(place)).toEqual(before);
  await save(network, join(place, 'model'));
  await checkModelFolder(join(place, 'model'));
  const message = await checkModelFolder(place).catch((error: Error) => error.message.replaceAll(place, 'runs/a'));
  expect(message).toMatchInlineSnapshot(
    `"model runs/a: the folder is not one that Striate wrote: it holds 'latest', 'model/', 'photos/' and 2 more. Nothing in it was changed. Choose a new folder, or one within it."`,
  );
});

test('two saves at once end in one whole model and one clear error', async () => {
  const other = initialize(smallNet(), { seed: 5 });
  const digests = await Promise.all([network, other].map((saved) => weightsSha256(saved)));
  const folder = join(await temporaryFolder(), 'model');
  for (const state of ['new', 'there']) {
    const ends = await Promise.allSettled([save(network, folder), save(other, folder)]);
    const failed = ends.filter((end) => end.status === 'rejected');
    expect(failed.length, state).toBe(1);
    expect(failed[0]!.reason).toBeInstanceOf(DataError);
    expect((failed[0]!.reason as Error).message.replaceAll(folder, 'runs/a')).toMatchInlineSnapshot(
      `"model runs/a: is being written by another at the same time; this one wrote nothing. Wait for the other, or choose a folder for each."`,
    );
    const winner = ends.findIndex((end) => end.status === 'fulfilled');
    expect(await weightsSha256((await load(folder)).network)).toBe(digests[winner]);
    expect(await readdir(join(folder, '..'))).toEqual(['model']);
    expect((await readdir(folder)).length).toBe(3);
  }
});
