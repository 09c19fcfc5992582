import { expect, test } from 'vitest';
import { cosineOfTurn, logarithm } from './elementary-functions.ts';

test('logarithm is the logarithm', () => {
  for (const x of [1, 2 ** -32, 0.5, 1 - 2 ** -32, Math.SQRT2, Math.SQRT1_2, 1e-300, 1e300, 3]) {
    expect(Math.abs(logarithm(x) - Math.log(x))).toBeLessThanOrEqual(4e-16 * Math.abs(Math.log(x)));
  }
  for (let n = 1; n <= 20_000; n++) {
    const x = (n * 214_748 + 17) / 2 ** 32;
    expect(Math.abs(logarithm(x) - Math.log(x)) <= 4e-16 * Math.abs(Math.log(x)) + 1e-17, `log(${x})`).toBe(true);
  }
});

test('cosineOfTurn is the cosine of 2 pi t', () => {
  expect([0, 0.25, 0.5, 0.75, 1].map((t) => cosineOfTurn(t) + 0)).toEqual([1, 0, -1, 0, 1]);
  for (let n = 0; n <= 20_000; n++) {
    const t = n / 20_000;
    expect(Math.abs(cosineOfTurn(t) - Math.cos(2 * Math.PI * t)) <= 2e-15, `cos of ${t} turns`).toBe(true);
  }
});
