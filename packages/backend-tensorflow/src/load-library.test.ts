import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { use } from '@striate/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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
  const found = await tensorflow().probe();
  expect(found.available).toBe(false);
  expect(found).toHaveProperty('reason', expect.stringMatching(/^.*striate-tensorflow-.* does not load: .*\.$/s));
});
