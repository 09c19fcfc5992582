import { ops as definitions } from '@striate/core/backend';
import { use } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { difference, runYardstick, type CaseResult } from './op-case.ts';

describe('difference', () => {
  const result = (...values: number[]): CaseResult => ({ y0: { shape: [3], values: Float32Array.from(values) } });

  test('allows a part of the largest value', () => {
    expect(difference(result(1, 2, 100.009), result(1, 2, 100), 1e-4)).toBeUndefined();
    expect(difference(result(1, 2.02, 100), result(1, 2, 100), 1e-4)).toMatch('y0[1] of [3]: 2.01');
  });

  test.each([0, 1, 2])('finds a NaN at place %i', (place) => {
    const values = [1, 2, 3].with(place, Number.NaN);
    expect(difference(result(...values), result(1, 2, 3), 1e-3)).toMatch(`y0[${place}]`);
  });

  test('finds another shape', () => {
    expect(difference({ y0: { shape: [1, 3], values: new Float32Array(3) } }, result(0, 0, 0), 1)).toMatch(
      'shape [1, 3]',
    );
  });

  test('allows the slack', () => {
    const expected = { y0: { ...result(1, 2, 3)['y0']!, slack: 0.5 } };
    expect(difference(result(1, 2.4, 3), expected, 1e-4)).toBeUndefined();
    expect(difference(result(1, 2.6, 3), expected, 1e-4)).toMatch('slack 0.5');
  });
});

describe('runYardstick', () => {
  beforeAll(() => use(cpu()));
  const sumOf = (values: number[]): Promise<CaseResult> =>
    runYardstick({
      name: 'sum',
      inputs: { x: { shape: [values.length, 1], values: Float32Array.from(values) } },
      differentiate: [],
      compute: ({ x }) => definitions.biasGradient({ dy: x! }, {}),
    });

  test('gives little slack to a sum of like terms, and what rounding needs to one that cancels out', async () => {
    const like = (await sumOf([1, 2, 3, 4]))['y0']!;
    expect(like.values[0]).toBe(10);
    expect(like.slack).toBeLessThan(10 * 1e-5);
    const cancelling = (await sumOf([1000, 1, -1000.5, -0.49]))['y0']!;
    expect(cancelling.values[0]).toBeCloseTo(0.01, 3);
    expect(cancelling.slack).toBeGreaterThan(1e-3);
  });
});
