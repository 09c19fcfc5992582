import { afterEach, expect, test } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { activeBackend, use } from '@striate/core';
import { wasm } from './wasm.ts';

afterEach(async () => {
  await activeBackend()?.stop();
});

test('counts our kernels and the stock ones', async () => {
  const backend = wasm({ threads: 1 });
  await use(backend);
  const x = tf.tensor([0.5, 1]);
  tf.reshape(x, [2, 1]);
  tf.acosh(x);
  tf.acosh(x);
  const { kernelCalls, fallbacks, kernelMilliseconds } = backend.stats();
  expect(kernelCalls).toMatchObject({ Reshape: 1 });
  expect(fallbacks).toEqual({ Acosh: 2 });
  expect(kernelMilliseconds).toBeUndefined();
});

test('times kernels when asked to', async () => {
  const backend = wasm({ threads: 1, profile: true });
  await use(backend);
  tf.acosh(tf.tensor([1, 2]));
  expect(backend.stats().kernelMilliseconds?.['Acosh']).toBeGreaterThan(0);
});

test('can be started again and again, and stop leaves no kernel', async () => {
  const first = await use(wasm({ threads: 2 }));
  const kept = tf.tensor([1]);
  const second = wasm({ threads: 1 });
  await use(second);
  kept.dispose();
  expect(await tf.add(1, 2).data()).toEqual(Float32Array.of(3));
  expect(second.stats().device).toMatch(/^WebAssembly, (relaxed|plain) SIMD, 1 thread, unshared memory$/);
  await second.stop();
  expect(tf.getKernelsForBackend(second.engineName)).toEqual([]);
  await use(first);
  expect(await tf.add(1, 2).data()).toEqual(Float32Array.of(3));
});

test('says how much memory was missing', async () => {
  await use(wasm({ threads: 1, maximumBytes: 2 ** 24 }));
  const x = tf.tensor(new Int32Array(2 ** 21));
  tf.cast(x, 'bool');
  expect(() => tf.cast(x, 'float32')).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: wasm: out of memory: 8.0 MiB more are needed, 10.0 MiB of 16.0 MiB are in use. Use smaller batches or images, or dispose tensors that are no longer needed.]`,
  );
});

test('refuses options that make no sense', () => {
  expect(() => wasm({ thread: 2 } as object)).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: wasm: there is no option 'thread'. Did you mean 'threads'? Known: threads, winograd, simd, memory, maximumBytes, profile.]`,
  );
  expect(() => wasm({ threads: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: wasm: threads is 0, but must be a whole number of at least 1.]`,
  );
  expect(() => wasm({ threads: 4, memory: 'unshared' })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: wasm: 4 threads need shared memory. Leave 'memory' out or use one thread.]`,
  );
  expect(() => wasm({ simd: 'fast' as 'auto' })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: wasm: simd is "fast". Known: auto, relaxed, plain.]`,
  );
  expect(() => wasm({ maximumBytes: 2 ** 33 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: wasm: maximumBytes is 8589934592, but must be a whole number from 1048576 to 4294967296.]`,
  );
});

test('stats tell how far the memory may grow', async () => {
  const backend = wasm({ threads: 1, maximumBytes: 2 ** 25 });
  await use(backend);
  const { bytesAllowed, bytesReserved } = backend.stats();
  expect(bytesAllowed).toBe(2 ** 25);
  expect(bytesReserved).toBeLessThan(bytesAllowed);
});

test('stats before start is an error', () => {
  expect(() => wasm().stats()).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: wasm: the backend is not started; call use(wasm()) first.]`,
  );
});

test('probe says what it would use and starts nothing', async () => {
  const backend = wasm({ threads: 2 });
  expect(await backend.probe()).toMatchObject({ available: true });
  expect(tf.findBackend(backend.engineName)).toBeNull();
});
