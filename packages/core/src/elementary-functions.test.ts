import { expect, test } from 'vitest';
import { logarithm, writeCosineAndSine } from './elementary-functions.ts';

test('logarithm is the logarithm', () => {
  for (const x of [1, 2 ** -32, 0.5, 1 - 2 ** -32, Math.SQRT2, Math.SQRT1_2, 1e-300, 1e300, 3]) {
    expect(Math.abs(logarithm(x) - Math.log(x))).toBeLessThanOrEqual(4e-16 * Math.abs(Math.log(x)));
  }
  for (let n = 1; n <= 20_000; n++) {
    const x = (n * 214_748 + 17) / 2 ** 32;
    expect(Math.abs(logarithm(x) - Math.log(x)) <= 4e-16 * Math.abs(Math.log(x)) + 1e-17, `log(${x})`).toBe(true);
  }
});

test('writeCosineAndSine gives the cosine and sine of 2 pi t', () => {
  const pair = new Float64Array(2);
  const at = (t: number): number[] => {
    writeCosineAndSine(pair, 0, t);
    return Array.from(pair, (value) => value + 0);
  };
  expect([0, 0.25, 0.5, 0.75].map(at)).toEqual([
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ]);
  for (let n = 0; n < 20_000; n++) {
    const t = n / 20_000;
    const [cosine = 0, sine = 0] = at(t);
    const error = Math.max(Math.abs(cosine - Math.cos(2 * Math.PI * t)), Math.abs(sine - Math.sin(2 * Math.PI * t)));
    expect(error <= 1e-15, `${t} turns`).toBe(true);
    expect(Math.abs(cosine ** 2 + sine ** 2 - 1) <= 5e-16, `${t} turns`).toBe(true);
  }
});
