import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeAssemblyIndex, writeKernelList } from '../../../packages/backend-wasm/scripts/lists.ts';
import { makeFiles, things } from './make-files.ts';

const root = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);
const wasmEntry = 'packages/backend-wasm/src/index.ts';
let copy: string;

// The sources of all packages, with their dependencies linked as they are here.
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'striate-new-'));
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const folders = (await readdir(join(root, 'packages'))).map((name) => `packages/${name}`);
  const parts = folders.flatMap((folder) => ['package.json', 'node_modules', 'src'].map((part) => `${folder}/${part}`));
  const others = ['packages/backend-wasm/assembly', 'packages/core/scripts', 'tooling/scripts/exported-names.ts'];
  for (const path of [...parts, ...others, 'tooling/conformance/package.json']) {
    await cp(join(root, path), join(copy, path), { recursive: true, verbatimSymlinks: true });
  }
}, 60_000);
afterAll(() => rm(copy, { recursive: true, force: true }));

it('makes each thing so that it is listed, and passes the type check', { timeout: 300_000 }, async () => {
  const touched = Object.fromEntries(
    // A kernel is one of an op.
    things.map((thing) => [thing, makeFiles(copy, thing, thing === 'kernel' ? 'try-op' : `try-${thing}`)]),
  );
  expect(touched['layer']!.length).toBeLessThanOrEqual(3);
  expect(new Set([...touched['op']!, ...touched['kernel']!]).size).toBeLessThanOrEqual(6);
  const outside = touched['backend']!.filter((path) => !path.startsWith('packages/backend-try-backend/'));
  expect(outside).toEqual(['tooling/conformance/package.json']);
  await symlink('../backend-wasm/node_modules', join(copy, 'packages/backend-try-backend/node_modules'));

  const wasm = join(copy, 'packages/backend-wasm');
  await run(process.execPath, [join(copy, 'packages/core/scripts/generate.ts')]);
  await writeKernelList(join(wasm, 'src/kernels'), join(wasm, 'src/generated/kernels.ts'));
  await writeAssemblyIndex(join(wasm, 'assembly'), join(wasm, 'assembly/generated/index.ts'));
  for (const path of ['src/generated/kernels.ts', 'assembly/generated/index.ts']) {
    expect(await readFile(join(wasm, path), 'utf8')).toMatch(/\{ tryOp \} from '[^']*\/try-op/);
  }

  // AssemblyScript has a compiler of its own.
  const files = Object.values(touched)
    .flat()
    .filter((path) => path.endsWith('.ts') && !path.includes('/assembly/'));
  const compilerOptions = {
    ...(JSON.parse(await readFile(join(root, 'tooling/tsconfig/base.json'), 'utf8')) as { compilerOptions: object })
      .compilerOptions,
    noEmit: true,
    customConditions: ['@striate/source'],
  };
  await writeFile(join(copy, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [...files, wasmEntry] }));
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { stdout } = await run(tsc, ['-p', copy]).catch((error: { stdout: string }) => error);
  expect(stdout).toBe('');
});

it.each([
  ['leyer', 'a', "there is no 'leyer'. Known: op, kernel, backend, layer,"],
  ['layer', 'Dense', "'Dense' is no name. Write it as softShrink or soft-shrink."],
  ['layer', 'conv2d', 'packages/layers/src/layers/conv2d.ts is there already.'],
])('refuses %s %s', (thing, name, message) => {
  expect(() => makeFiles(copy, thing, name)).toThrow(message);
});
