import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { use } from '@striate/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { recordFiles } from './setup/installed-files.ts';
import { bindingPath, packageFolder } from './setup/tensorflow-folder.ts';
import { tensorflow } from './tensorflow.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'striate-tensorflow-'));
  vi.stubEnv('STRIATE_TENSORFLOW', folder);
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('without a TensorFlow it says how to get one', async () => {
  expect(await tensorflow().probe()).toMatchInlineSnapshot(`
    {
      "available": false,
      "reason": "There is no TensorFlow.",
      "remedy": "Run: npx striate setup tensorflow",
    }
  `);
  await expect(use(tensorflow())).rejects.toThrowErrorMatchingInlineSnapshot(`
    [BackendError: use: no backend works here.
      tensorflow: There is no TensorFlow. Run: npx striate setup tensorflow]
  `);
});

test('a binding that does not load is named, with what the system says', async () => {
  const binding = join(packageFolder(folder), bindingPath);
  mkdirSync(dirname(binding), { recursive: true });
  writeFileSync(binding, 'not a library');
  recordFiles(folder);
  const found = await tensorflow().probe();
  expect(found.available).toBe(false);
  expect(found).toHaveProperty('reason', expect.stringMatching(/^.*striate-tensorflow-.* does not load: .*\.$/s));
});

test('a library that has changed since it was installed is not loaded', async () => {
  const binding = join(packageFolder(folder), bindingPath);
  mkdirSync(dirname(binding), { recursive: true });
  writeFileSync(binding, 'a library');
  recordFiles(folder);
  writeFileSync(binding, 'a librarx');
  expect(await tensorflow().probe()).toEqual({
    available: false,
    reason: `${folder} is damaged: ${join('tfjs-node', bindingPath)} has changed since it was installed.`,
    remedy: 'Run: npx striate setup tensorflow',
  });
});
