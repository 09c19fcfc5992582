import { ops, valueAndGradients, type Tensor } from '@striate/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { data, random, startTrials, type Trials } from '../../testing.ts';

let trials: Trials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

const records: ops.ActivationRecord[] = [
  ...ops.activationKinds.filter((type) => type !== 'linear').map((type) => ({ type })),
  { type: 'relu', maxValue: 0.5, negativeSlope: 0.2, threshold: 0.1 },
  { type: 'gelu', approximate: 'tanh' },
];

/** The function and its gradient, by a loss that weighs all elements differently. */
function both(record: ops.ActivationRecord, x: Tensor, weights: Tensor): Tensor[] {
  const y = ops.activation(x, record);
  const { gradients } = valueAndGradients(
    (parameters) => ({ loss: ops.mean(ops.scaleBy(ops.activation(parameters['x']!, record), weights)) }),
    { x },
  );
  return [y, gradients['x']!];
}

test.each(records)('$type', async (record) => {
  for (const shape of [[67], [2, 5, 7], [6, 300], [70, 1]]) {
    for (const scale of [0.05, 1, 12]) {
      const inputs = { x: random(shape, 'float32', scale), weights: random(shape) };
      // The reference's error function is right to 1e-7 only, which tells near 0.
      await trials.compare(inputs, ({ x, weights }) => both(record, x, weights), record.type === 'gelu' ? 1e-4 : 1e-5);
    }
  }
});

test.each(records)('$type of special numbers', async (record) => {
  for (const value of [0, NaN, Infinity, -Infinity, 3e38, -3e38, 1e-30, 100, -100, 20, -20]) {
    const x = data([2, 1, 2], [value, 1, -1, value]);
    const compute = (inputs: { x: Tensor }): Tensor => ops.activation(inputs.x, record);
    const [ours, theirs] = [await trials.run({ x }, compute), await trials.reference({ x }, compute)];
    // Where one is infinite or NaN, the other is, too.
    const finite = (list: typeof ours): number[] => Array.from(list[0]!.values, (y) => (Number.isFinite(y) ? y : NaN));
    const [got, wanted] = [finite(ours), finite(theirs)];
    for (const [index, y] of wanted.entries()) {
      if (Number.isNaN(y)) expect(got[index], `of ${value}`).toBeNaN();
      else expect(Math.abs(got[index]! - y), `of ${value}`).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(y)));
    }
  }
});
