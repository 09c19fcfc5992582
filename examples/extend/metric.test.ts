import { wasm } from '@striate/backend-wasm';
import { dispose, tensor, tidy, use } from '@striate/core';
import { expect, test } from 'vitest';
import { recall } from './metric.ts';

test('it counts the samples of its class, and those that are told rightly', async () => {
  await use(wasm({ threads: 1 }));
  const outputs = tensor([
    [3, 1],
    [0, 1],
    [0, 5],
    [2, 1],
  ]);
  const targets = tensor([0, 0, 1, 0], [4], 'int32');
  const of = async (label: number): Promise<number[]> => {
    const metric = recall(label);
    const [sum, count] = tidy(() => [metric.compute({ outputs, targets }), metric.count!({ outputs, targets })]);
    const read = [(await sum.data())[0]!, (await count.data())[0]!];
    dispose(sum, count);
    return read;
  };
  expect([await of(0), await of(1)]).toEqual([
    [2, 3],
    [1, 1],
  ]);
  expect(recall(7).name).toBe('recall7');
  dispose(outputs, targets);
});
