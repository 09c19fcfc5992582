import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { Allocator } from './allocator.ts';

function allocatorOf(limit: number): { allocator: Allocator; reserved(): number } {
  let reserved = 0;
  const reserve = (end: number): boolean => {
    reserved = Math.max(reserved, end);
    return true;
  };
  return { allocator: new Allocator({ start: 1000, limit, reserve }), reserved: () => reserved };
}

test('blocks are aligned, apart and readable 32 bytes beyond their ends, in any order of calls', () => {
  const { allocator, reserved } = allocatorOf(2 ** 32);
  const live = new Map<number, number>();
  let sum = 0;
  let peak = 0;
  for (let step = 0; step < 20_000; step++) {
    if (live.size && randomInt(100) < 48) {
      const start = [...live.keys()][randomInt(live.size)]!;
      sum -= live.get(start)!;
      live.delete(start);
      allocator.free(start);
    } else {
      const bytes = randomInt(10) ? randomInt(5000) : randomInt(3_000_000);
      const start = allocator.allocate(bytes);
      for (const [other, length] of live) {
        if (start < other + length + 32 && other < start + bytes + 32) throw new Error(`${start} overlaps ${other}`);
      }
      expect(start % 64).toBe(0);
      live.set(start, bytes);
      sum += bytes;
      peak = Math.max(peak, sum);
    }
  }
  expect(allocator.blocks).toBe(live.size);
  expect(allocator.bytesInUse).toBeGreaterThanOrEqual(sum);
  expect(allocator.bytesInUse).toBeLessThan(sum + live.size * 96);
  expect(reserved()).toBeLessThan(2 * peak);
  for (const start of live.keys()) allocator.free(start);
  expect(allocator.bytesInUse).toBe(0);
  expect(allocator.allocate(1)).toBe(1024);
});

test('the same step gets the same addresses, and memory does not creep', () => {
  const { allocator, reserved } = allocatorOf(2 ** 32);
  const sizes = Array.from({ length: 200 }, () => randomInt(100_000));
  const parameters = sizes.slice(0, 20).map((size) => allocator.allocate(size));
  const step = (): number[] => {
    const starts = sizes.map((size) => allocator.allocate(size));
    // Replaces the parameters in between, as an optimizer does, and puts the old ones' places back.
    for (const start of starts.toReversed()) allocator.free(start);
    return starts;
  };
  const first = step();
  const end = reserved();
  for (let round = 0; round < 50; round++) expect(step()).toEqual(first);
  expect(reserved()).toBe(end);
  expect(allocator.blocks).toBe(parameters.length);
});

test('optimizer steps that replace parameters settle on a fixed amount', () => {
  const { allocator, reserved } = allocatorOf(2 ** 32);
  const sizes = Array.from({ length: 40 }, () => 1 + randomInt(1_000_000));
  let parameters = sizes.map((size) => allocator.allocate(size));
  let end = 0;
  for (let round = 0; round < 100; round++) {
    const gradients = sizes.map((size) => allocator.allocate(size));
    const updated = sizes.map((size) => allocator.allocate(size));
    for (const start of [...parameters, ...gradients]) allocator.free(start);
    parameters = updated;
    if (round === 3) end = reserved();
  }
  expect(reserved()).toBe(end);
});

test('a full memory says what was needed', () => {
  const { allocator } = allocatorOf(2 ** 24);
  const half = allocator.allocate(2 ** 23);
  expect(() => allocator.allocate(2 ** 23)).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: wasm: out of memory: 8.0 MiB more are needed, 8.0 MiB of 16.0 MiB are in use. Use smaller batches or images, or dispose tensors that are no longer needed.]`,
  );
  allocator.free(half);
  allocator.allocate(2 ** 23);
});

test('a block is freed once', () => {
  const { allocator } = allocatorOf(2 ** 20);
  const block = allocator.allocate(100);
  allocator.free(block);
  expect(() => allocator.free(block)).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: wasm: no block of memory starts at 1024; was it freed twice?]`,
  );
});
