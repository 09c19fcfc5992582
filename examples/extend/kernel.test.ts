import { wasm } from '@striate/backend-wasm';
import { dispose, ops, tensor, use, valueAndGradients } from '@striate/core';
import { expect, test } from 'vitest';
import { wasmWithShrink } from './kernel.ts';
import { shrink } from './op.ts';

const values = [-3, -1, -0.25, 0, 0.5, 2];

/** What the op gives on the backend in use, and its gradient. */
async function computed(): Promise<{ y: number[]; dx: number[] }> {
  const x = tensor(values);
  const y = shrink(x, 0.5);
  const { loss, gradients } = valueAndGradients((given) => ({ loss: ops.sum(shrink(given['x']!, 0.5)) }), { x });
  const read = { y: [...(await y.data())], dx: [...(await gradients['x']!.data())] };
  dispose(x, y, loss, gradients);
  return read;
}

const wanted = { y: [-2.5, -0.5, -0, 0, 0, 1.5], dx: [1, 1, 0, 0, 0, 1] };
const withoutSigns = ({ y, dx }: typeof wanted): typeof wanted => ({ y: y.map((value) => value + 0), dx });

test('an op of your own computes and is differentiated where no backend has a kernel for it', async () => {
  const backend = await use(wasm({ threads: 1 }));
  expect(withoutSigns(await computed())).toEqual(withoutSigns(wanted));
  expect(backend.stats().kernelCalls).not.toHaveProperty('me.Shrink');
});

test('and by a kernel of your own where there is one', async () => {
  const backend = await use(wasmWithShrink({ threads: 1 }));
  expect(withoutSigns(await computed())).toEqual(withoutSigns(wanted));
  expect(backend.stats().kernelCalls).toMatchObject({ 'me.Shrink': 2 });
  expect(backend.name).toBe('wasm-with-shrink');
  await backend.stop();
});
