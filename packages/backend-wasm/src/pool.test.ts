import { expect, test } from 'vitest';
import { startPool } from './pool.ts';

// (module (import "a" "b" (func))): a worker cannot instantiate it.
const needsImport = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 7, 1, 1, 97, 1, 98, 0, 0);

test('a worker that cannot start is an error, not a wait', async () => {
  const module = await WebAssembly.compile(needsImport);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const starting = startPool({ module, memory, job: 0, failedThread: 0, workers: 1 });
  await expect(starting).rejects.toThrowErrorMatchingInlineSnapshot(
    `[BackendError: wasm: worker 1 of 1 ended: WebAssembly.Instance(): Import #0 "a": module is not an object or function. Use wasm({ threads: 1 }) if workers cannot run here.]`,
  );
});

test('a pool of no workers starts and stops', async () => {
  const module = await WebAssembly.compile(needsImport);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const pool = await startPool({ module, memory, job: 0, failedThread: 0, workers: 0 });
  expect(pool.failure()).toBeUndefined();
  await pool.stop();
});
