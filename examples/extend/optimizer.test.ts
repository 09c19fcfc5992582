import { wasm } from '@striate/backend-wasm';
import { dispose, memory, tensor, tidy, use } from '@striate/core';
import { expect, test } from 'vitest';
import { lion } from './optimizer.ts';

test('Lion is its formula', async () => {
  await use(wasm({ threads: 1 }));
  const before = memory().numTensors;
  const { init, update } = lion({ beta1: 0.5, beta2: 0.75, weightDecay: 0.2 });
  const parameters = { w: tensor([1, -2, 3]) };
  const gradients = { w: tensor([4, 1, -2]) };
  const first = init(parameters);
  expect(Array.from(await first['means']!['w']!.data())).toEqual([0, 0, 0]);
  dispose(first['means']);
  const state = { means: { w: tensor([-8, 2, 2]) } };
  const next = tidy(() =>
    update({ parameters, gradients, state, step: 1, learningRate: 0.1, weightDecayFactor: 0.5, kinds: {} }),
  );
  // Directions: sign(-2), sign(1.5), sign(0), each with 0.1 of the parameter.
  const wanted = [1 - 0.1 * (-1 + 0.1), -2 - 0.1 * (1 - 0.2), 3 - 0.1 * 0.3];
  Array.from(await next.parameters['w']!.data()).forEach((value, k) => expect(value).toBeCloseTo(wanted[k]!, 6));
  expect(Array.from(await next.state['means']!['w']!.data())).toEqual([-5, 1.75, 1]);
  dispose(parameters, gradients, state.means, next.parameters, next.state['means']);
  expect(memory().numTensors).toBe(before);
  expect(() => lion({ beta1: 1 })).toThrow('me/lion: beta1 is 1, but must be at least 0 and less than 1.');
});
