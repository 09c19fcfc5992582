import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFiles, things } from './make-files.ts';

const root = resolve(import.meta.dirname, '../../..');
let copy: string;

// The sources of all packages, with their dependencies linked as they are here.
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'striate-new-'));
  await mkdir(join(copy, 'packages'));
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const name of await readdir(join(root, 'packages'))) {
    for (const part of ['package.json', 'node_modules', 'src', ...(name === 'backend-wasm' ? ['assembly'] : [])]) {
      const [from, to] = [root, copy].map((folder) => join(folder, 'packages', name, part));
      await cp(from!, to!, { recursive: true, verbatimSymlinks: true });
    }
  }
}, 60_000);
afterAll(() => rm(copy, { recursive: true, force: true }));

it('makes each thing so that it is listed, and passes the type check', { timeout: 300_000 }, async () => {
  // A kernel is one of an op. AssemblyScript has a compiler of its own.
  const made = things
    .flatMap((thing) => makeFiles(copy, thing, thing === 'kernel' ? 'try-op' : `try-${thing}`))
    .filter((path) => !path.includes('/assembly/'));
  const compilerOptions = {
    ...(JSON.parse(await readFile(join(root, 'tooling/tsconfig/base.json'), 'utf8')) as { compilerOptions: object })
      .compilerOptions,
    noEmit: true,
    customConditions: ['@striate/source'],
  };
  await writeFile(join(copy, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: made }));
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { stdout } = await promisify(execFile)(tsc, ['-p', copy]).catch((error: { stdout: string }) => error);
  expect(stdout).toBe('');
});

describe('the files that it touches', () => {
  it.each([
    ['layer', 3],
    ['op', 4],
    ['kernel', 4],
  ])('are few for a new %s: %i', (thing, count) => {
    expect(makeFiles(copy, thing, 'count-files')).toHaveLength(count);
  });
});

it.each([
  ['leyer', 'a', "there is no 'leyer'. Known: op, kernel, layer,"],
  ['layer', 'Dense', "'Dense' is no name. Write it as softShrink or soft-shrink."],
  ['layer', 'conv2d', 'packages/layers/src/layers/conv2d.ts is there already.'],
])('refuses %s %s', (thing, name, message) => {
  expect(() => makeFiles(copy, thing, name)).toThrow(message);
});
