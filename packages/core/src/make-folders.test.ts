import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolders } from './make-folders.ts';

const node = { fs, path };
let root: string;
beforeEach(async () => {
  root = await fs.mkdtemp(path.join(tmpdir(), 'striate-make-folders-'));
});
afterEach(() => fs.rm(root, { recursive: true }));

const failure = (folder: string): Promise<string> =>
  makeFolders(node, folder).then(
    () => 'made',
    (error: Error) => error.message.replaceAll(root, 'ROOT'),
  );

it('makes what is missing, and says what it has made', async () => {
  expect(await makeFolders(node, path.join(root, 'a/b'))).toEqual([path.join(root, 'a'), path.join(root, 'a/b')]);
  expect(await makeFolders(node, path.join(root, 'a/b'))).toEqual([]);
  const both = await Promise.all([1, 2].map(() => makeFolders(node, path.join(root, 'c/d'))));
  expect(both.flat().toSorted()).toEqual([path.join(root, 'c'), path.join(root, 'c/d')]);
});

it('says why it cannot, also where the system says only that nothing is there', async () => {
  await fs.writeFile(path.join(root, 'file'), '');
  await fs.symlink('nowhere', path.join(root, 'link'));
  for (const name of ['file', 'file/a', 'file/a/b'])
    expect(await failure(path.join(root, name))).toBe('ROOT/file is no folder');
  expect(await failure(path.join(root, 'link'))).toBe('ROOT/link is a link to nowhere, which is not there');
  expect(await failure(path.join(root, 'link/a'))).toBe('ROOT/link is a link to nowhere, which is not there');
  if (process.platform === 'linux') expect(await failure('/proc/x/y')).toMatch(/^ENOENT/);
});
