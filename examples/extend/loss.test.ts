import { wasm } from '@striate/backend-wasm';
import { dispose, ops, tensor, tidy, use, valueAndGradients } from '@striate/core';
import { beforeAll, expect, test } from 'vitest';
import { focal } from './loss.ts';

beforeAll(async () => void (await use(wasm({ threads: 1 }))));

const logits = [
  [2, -1, 0.5],
  [-0.5, 1, 0.25],
];
const labels = [0, 2];

function expected(rows: readonly (readonly number[])[], gamma: number): number[] {
  return rows.map((row, n) => {
    const p = Math.exp(row[labels[n]!]!) / row.reduce((sum, value) => sum + Math.exp(value), 0);
    return -((1 - p) ** gamma) * Math.log(p);
  });
}

test.each([0, 0.5, 2])('with gamma %d it is its formula, in its gradient too', async (gamma) => {
  const outputs = tensor(logits);
  const targets = tensor(labels, [2], 'int32');
  const { loss, gradients, each } = tidy(() => {
    const compute = focal({ gamma }).compute;
    const found = valueAndGradients(({ z }) => ({ loss: ops.mean(compute({ outputs: z!, targets })) }), { z: outputs });
    return { ...found, each: compute({ outputs, targets }) };
  });
  expect(each.shape).toEqual([2]);
  const wanted = expected(logits, gamma);
  Array.from(await each.data()).forEach((value, n) => expect(value).toBeCloseTo(wanted[n]!, 5));
  const slopes = await gradients['z']!.data();
  const step = 1e-4;
  const mean = (rows: number[][]): number => expected(rows, gamma).reduce((sum, value) => sum + value) / 2;
  for (const [place, slope] of slopes.entries()) {
    const moved = (by: number): number[][] =>
      logits.map((row, n) => row.map((value, k) => (3 * n + k === place ? value + by : value)));
    expect(slope).toBeCloseTo((mean(moved(step)) - mean(moved(-step))) / (2 * step), 4);
  }
  dispose(outputs, targets, loss, gradients, each);
});
