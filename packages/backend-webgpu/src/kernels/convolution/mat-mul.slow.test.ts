import { afterAll, beforeAll, expect, it } from 'vitest';
import { ops } from '@striate/core';
import { random, startTrials, type Trials } from '../../testing.ts';
import { convolutionKernels } from './index.ts';
import { tilesOf } from './tiles.ts';

let trials: Trials;
beforeAll(async () => {
  trials = await startTrials({ kernels: convolutionKernels });
});
afterAll(() => trials.stop());

it.each([
  { transposeA: false, transposeB: false },
  { transposeA: false, transposeB: true },
  { transposeA: true, transposeB: false },
])(
  // prettier-ignore
  'striate.MatMul with eight rows an invocation: %o',
  async (order) => {
    const [rows, inner, columns] = [8190, 20, 512];
    expect(tilesOf({ rows, inner, columns, batches: 1 }).rowsPerThread).toBe(8);
    const inputs = {
      a: random(order.transposeA ? [inner, rows] : [rows, inner]),
      b: random(order.transposeB ? [columns, inner] : [inner, columns]),
    };
    await trials.compare(inputs, (tensors) => ops.matMul(tensors, order));
  },
);
