import { afterEach, expect, test, vi } from 'vitest';
import { awaitWorkers } from './await-workers.ts';
import type { KernelInstance } from './instance.ts';

afterEach(() => vi.restoreAllMocks());

/** Waits for two workers; every look at them takes so long and finds so many that have not left, the last one again and again. */
function awaited(looks: readonly (readonly [seconds: number, left: number])[], milliseconds = 0) {
  let now = 0;
  let look = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const close = (): number => {
    const [seconds, left] = looks[Math.min(look++, looks.length - 1)]!;
    now += seconds * 1000;
    return left;
  };
  const reasons: string[] = [];
  const pool = { workers: 2, failure: () => reasons[0], fail: (reason: string) => reasons.push(reason) };
  const exports = { close } as Partial<KernelInstance['job']> as KernelInstance['job'];
  awaitWorkers({
    exports,
    job: 0,
    waits: true,
    pool: { ...pool, stop: async () => {} },
    name: 'multiply',
    milliseconds,
  });
  return { reasons, seconds: now / 1000 };
}

test('workers that leave at once or late are waited for', () => {
  expect(awaited([[0, 0]])).toEqual({ reasons: [], seconds: 0 });
  const late = Array.from({ length: 90 }, () => [0.1, 1] as const);
  expect(awaited([...late, [0.1, 0]]).reasons).toEqual([]);
});

test('a worker that does not leave fails the pool after ten seconds', () => {
  const { reasons, seconds } = awaited([[0.1, 1]]);
  expect(reasons).toMatchInlineSnapshot(`
    [
      "1 of 2 workers did not finish kernel 'multiply' within 10 s, as if killed",
    ]
  `);
  expect(seconds).toBeGreaterThan(10);
  expect(seconds).toBeLessThan(11);
});

test('where the calling thread was slow, workers may be as well', () => {
  const { reasons, seconds } = awaited([[0.1, 2]], 3000);
  expect(reasons).toMatchInlineSnapshot(`
    [
      "2 of 2 workers did not finish kernel 'multiply' within 40 s, as if killed",
    ]
  `);
  expect(seconds).toBeGreaterThan(40);
});

test('a process that stood still for an hour has not waited for an hour', () => {
  expect(
    awaited([
      [0.1, 1],
      [3600, 1],
      [0.1, 1],
      [0.1, 0],
    ]).reasons,
  ).toEqual([]);
});
