import { dispose, ops, tensor, use } from '@striate/core';
import { optionsFromTexts, splitBackend } from '@striate/core/backend';
import { expect, test } from 'vitest';
import { manifest } from './backend.ts';

test('a text of the command line makes the backend, which computes with its options', async () => {
  const { name, options } = splitBackend('wasm-with-shrink,threads=1,simd=plain');
  expect(name).toBe(manifest.name);
  const backend = await use(manifest.make(optionsFromTexts(name, options, manifest.options)));
  const x = tensor([1, 2]);
  const y = ops.add(x, x);
  expect([...(await y.data())]).toEqual([2, 4]);
  expect(backend.stats().device).toContain('1 thread');
  dispose(x, y);
  await backend.stop();
  expect(() => optionsFromTexts(name, ['threds=1'], manifest.options)).toThrow("Did you mean 'threads'?");
});
