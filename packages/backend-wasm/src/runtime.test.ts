import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { Build } from './build.ts';
import { createRuntime, type Runtime } from './runtime.ts';

const defaults = { simd: 'auto', memory: 'auto', threads: 2 } as const;

/** Converts integers in items of a given size and checks every element. */
function convert(runtime: Runtime, length: number, itemLength: number, offset: number): void {
  const { allocator, memory } = runtime;
  const x = allocator.allocate(length * 4);
  const y = allocator.allocate(length * 4);
  const integers = new Int32Array(memory.buffer, x, length);
  for (let i = 0; i < length; i++) integers[i] = i * 3 + offset;
  runtime.run('intToFloat', [x, y, length, itemLength], { items: Math.ceil(length / itemLength) });
  const wrong = new Float32Array(memory.buffer, y, length).findIndex((value, i) => value !== i * 3 + offset);
  expect(wrong).toBe(-1);
  allocator.free(x);
  allocator.free(y);
}

test.each([1, 2, 4])('%i threads run every item of many jobs exactly once', async (threads) => {
  const runtime = await createRuntime({ ...defaults, threads, memory: 'shared' });
  for (let round = 0; round < 300; round++) convert(runtime, 1 + ((round * 37) % 900), 1 + (round % 50), round);
  convert(runtime, 500_000, 10_000, 1);
  await runtime.stop();
});

test.each([2, 4])(
  '%i threads get through thousands of tiny jobs, with pauses that put the workers to sleep',
  async (threads) => {
    const runtime = await createRuntime({ ...defaults, threads });
    const { allocator, memory } = runtime;
    const x = allocator.allocate(64);
    const y = allocator.allocate(64);
    for (let round = 0; round < 20_000; round++) {
      new Int32Array(memory.buffer, x, 8).fill(round);
      runtime.run('intToFloat', [x, y, 8, 1], { items: 8 });
      const sum = new Float32Array(memory.buffer, y, 8).reduce((total, value) => total + value, 0);
      if (sum !== 8 * round) expect(sum).toBe(8 * round);
      if (round % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await runtime.stop();
  },
);

test('all four builds compute the same', async () => {
  const builds: Build[] = (['relaxed', 'plain'] as const).flatMap((simd) => [
    { simd, memory: 'shared' as const },
    { simd, memory: 'unshared' as const },
  ]);
  for (const build of builds) {
    const runtime = await createRuntime({ ...build, threads: 2 });
    expect(runtime.build).toEqual(build);
    expect(runtime.threads).toBe(build.memory === 'shared' ? 2 : 1);
    convert(runtime, 10_000, 700, 5);
    await runtime.stop();
  }
});

test.each([
  { threads: 1, items: 4 },
  { threads: 2, items: 1 },
  { threads: 2, items: 64 },
])('a trap with $threads threads and $items items is an error, and the next job runs', async ({ threads, items }) => {
  const runtime = await createRuntime({ ...defaults, threads });
  const beyond = runtime.memory.buffer.byteLength;
  for (let attempt = 0; attempt < 10; attempt++) {
    expect(() => runtime.run('intToFloat', [beyond, beyond, items, 1], { items })).toThrow(
      /^wasm: kernel 'intToFloat' failed/,
    );
    convert(runtime, 1000, 10, attempt);
  }
  await runtime.stop();
});

test('a kernel that is not there is named', async () => {
  const runtime = await createRuntime({ ...defaults, threads: 1 });
  expect(() => runtime.run('nothing', [], { items: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: wasm: no assembly kernel 'nothing'; was it exported and generated?]`,
  );
  await runtime.stop();
});

test('more arguments than the area holds, and scratch that grows', async () => {
  const runtime = await createRuntime({ ...defaults });
  const { allocator } = runtime;
  const x = allocator.allocate(64);
  runtime.run('intToFloat', [x, x, 0, 1, ...Array.from({ length: 5000 }, () => 0)], {
    items: 2,
    scratchBytes: 100_000,
  });
  const kept = allocator.bytesInUse;
  expect(kept).toBeGreaterThan(200_000 + 40_000);
  runtime.run('intToFloat', [x, x, 0, 1], { items: 2, scratchBytes: 100_000 });
  expect(allocator.bytesInUse).toBe(kept);
  await runtime.stop();
});

test('memory grows while workers sleep and they see the new part', async () => {
  const runtime = await createRuntime({ ...defaults });
  convert(runtime, 1000, 10, 0);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const before = runtime.memory.buffer.byteLength;
  const filler = runtime.allocator.allocate(100 * 2 ** 20);
  expect(runtime.memory.buffer.byteLength).toBeGreaterThan(before);
  convert(runtime, 1_000_000, 10_000, 7);
  runtime.allocator.free(filler);
  await runtime.stop();
});

test.each(['shared', 'unshared'] as const)('addresses beyond 2 GiB work in %s memory', async (memory) => {
  const runtime = await createRuntime({ ...defaults, memory });
  const filler = runtime.allocator.allocate(3 * 2 ** 30); // never touched, so it takes no real memory
  expect(runtime.allocator.allocate(1)).toBeGreaterThan(3 * 2 ** 30);
  convert(runtime, 100_000, 1000, 7);
  runtime.allocator.free(filler);
  await runtime.stop();
});

test('where workers may not be made, one thread computes', () => {
  const script = `
    import { createRuntime } from ${JSON.stringify(new URL('./runtime.ts', import.meta.url).href)};
    const { threads, build, noWorkers, stop } = await createRuntime({ simd: 'auto', memory: 'auto', threads: 3 });
    await stop();
    console.log(JSON.stringify({ threads, memory: build.memory, noWorkers }));
  `;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    // Of Node's permissions the one to make workers is missing.
    [
      '--permission',
      '--allow-fs-read=*',
      '--disable-warning=SecurityWarning',
      '--conditions=@striate/source',
      '--input-type=module',
      '-e',
      script,
    ],
    { encoding: 'utf8', timeout: 20_000 },
  );
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    threads: 1,
    memory: 'unshared',
    noWorkers: expect.stringContaining('--allow-worker'),
  });
});

test('the process ends by itself although workers wait', () => {
  const script = `
    import { createRuntime } from ${JSON.stringify(new URL('./runtime.ts', import.meta.url).href)};
    const runtime = await createRuntime({ simd: 'auto', memory: 'auto', threads: 3 });
    runtime.run('intToFloat', [1024, 1024, 0, 1], { items: 8 });
    process.stdout.write(runtime.threads + ' threads');
  `;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@striate/source', '--input-type=module', '-e', script],
    { encoding: 'utf8', timeout: 20_000 },
  );
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '3 threads', stderr: '' });
});
