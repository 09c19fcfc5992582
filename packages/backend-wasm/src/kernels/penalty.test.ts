import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { data, expectValues, random, startTrials, type KernelTrials } from '../testing/kernel-trials.ts';
import { penalty, penaltyGradient } from './penalty.ts';

let trials: KernelTrials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

describe.each([[[]], [[1]], [[7, 3]], [[3, 3, 5, 9]], [[3, 40_001]]])('shape %o', (shape) => {
  const [l1, l2] = [0.3, 0.7];

  test('penalty', () => {
    const x = random(shape);
    const [y] = trials.run(penalty, { x }, { l1, l2 });
    expect(y!.shape).toEqual([]);
    const expected = Array.from(x.values).reduce((sum, value) => sum + l1 * Math.abs(value) + l2 * value ** 2, 0);
    expectValues(y!.values, [expected], 1e-7);
  });

  test('gradient', () => {
    const x = random(shape);
    x.values[0] = 0;
    const [dx] = trials.run(penaltyGradient, { dy: data([], [1.5]), x }, { l1, l2 });
    const expected = Array.from(x.values, (value) => 1.5 * (l1 * Math.sign(value) + 2 * l2 * value));
    expectValues(dx!.values, expected, 1e-6);
    expect(dx!.values[0]).toBe(0);
  });
});
