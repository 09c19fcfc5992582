import { spawnSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs-core';
import { activeBackend, use } from '@striate/core';
import { afterEach, expect, test, vi } from 'vitest';
import { createMemory, growMemory, pageBytes } from './memory.ts';
import { wasm } from './wasm.ts';

const usualMemory = WebAssembly.Memory;

afterEach(async () => {
  vi.unstubAllGlobals();
  await activeBackend()?.stop();
});

/** A runtime that sets no more than so many pages aside, as those with 32-bit addresses do, and says so by `error`. */
function refuseBeyond(pages: number, error: () => unknown): number[] {
  const asked: number[] = [];
  class SmallMemory extends usualMemory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      const { maximum = 65_536 } = descriptor;
      asked.push(maximum);
      if (maximum > pages) throw error();
      super(descriptor);
    }
  }
  vi.stubGlobal('WebAssembly', Object.assign(Object.create(WebAssembly) as object, { Memory: SmallMemory }));
  return asked;
}

const refusals: Record<string, () => unknown> = {
  'a RangeError': () => new RangeError('WebAssembly.Memory(): could not allocate memory'),
  'the words of Firefox': () => 'out of memory',
};

test.each(
  Object.keys(refusals).flatMap((refusal) => [
    { refusal, shared: true },
    { refusal, shared: false },
  ]),
)('where 4 GiB are refused by $refusal, shared: $shared, half is tried, and half of it', ({ refusal, shared }) => {
  const asked = refuseBeyond(10_000, refusals[refusal]!);
  const made = createMemory(shared);
  expect(asked).toEqual([65_536, 32_768, 16_384, 8192]);
  expect(made.maximumBytes).toBe(8192 * pageBytes);
  expect(growMemory(made, made.maximumBytes)).toBe(true);
  expect(made.memory.buffer.byteLength).toBe(made.maximumBytes);
});

test('a limit of the caller is where it begins', () => {
  const asked = refuseBeyond(100, refusals['a RangeError']!);
  expect(createMemory(true, 2 ** 24).maximumBytes).toBe(64 * pageBytes);
  expect(asked).toEqual([256, 128, 64]);
});

test('no memory at all is an error, and so is what is no refusal', () => {
  refuseBeyond(0, refusals['a RangeError']!);
  expect(() => createMemory(false)).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: wasm: the runtime gives no memory at all (4294967296 bytes were allowed).]`,
  );
  refuseBeyond(0, () => new TypeError('no shared memory here'));
  expect(() => createMemory(true)).toThrow(TypeError);
});

test('the backend computes in the smaller memory, with threads, and says how small it is', async () => {
  refuseBeyond(1024, refusals['a RangeError']!);
  const backend = wasm({ threads: 2 });
  await use(backend);
  expect(backend.stats()).toMatchObject({ threads: 2, memory: 'shared', bytesAllowed: 1024 * pageBytes });
  const x = tf.tensor(Float32Array.from({ length: 2 ** 20 }, (_, index) => index));
  expect((await tf.add(x, 1).data()).at(-1)).toBe(2 ** 20);
  expect(() => tf.tensor(new Float32Array(2 ** 24))).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: wasm: out of memory: 64.0 MiB more are needed, 8.0 MiB of 64.0 MiB are in use. Use smaller batches or images, or dispose tensors that are no longer needed.]`,
  );
});

test.runIf(process.platform === 'linux')('an operating system that gives no more is an error', () => {
  const script = `
    import { createRuntime } from ${JSON.stringify(new URL('./runtime.ts', import.meta.url).href)};
    const runtime = await createRuntime({ simd: 'auto', memory: 'auto', threads: 1 });
    try { runtime.allocator.allocate(4e9); } catch (error) { console.log(String(error)); }
    runtime.allocator.allocate(1e8);
    process.exit();
  `;
  const command = 'ulimit -v 5000000; exec "$0" --conditions=@striate/source --input-type=module -e "$1"';
  const { stdout, stderr } = spawnSync('bash', ['-c', command, process.execPath, script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout.trim()).toMatchInlineSnapshot(
    `"BackendError: wasm: out of memory: 3.73 GiB more are needed, 384 bytes are in use and the machine refuses to give more. Use smaller batches or images, or dispose tensors that are no longer needed."`,
  );
});
