import { BackendError, dispose, ops, tensor, use } from '@striate/core';
import { cumsum, getKernelsForBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { expect, test } from 'vitest';
import { wasm as lean } from './lean.ts';
import { stockKernelNames } from './stock-kernel-names.ts';
import { wasm } from './wasm.ts';

test('every stock kernel has a name, and nothing else', () => {
  const names = getKernelsForBackend('cpu').map(({ kernelName }) => kernelName);
  expect(stockKernelNames).toEqual(names.toSorted());
});

test('computes the same bits as the whole backend, and holds no tensor that is given back', async () => {
  const results: Float32Array[] = [];
  const held: number[] = [];
  for (const backend of [wasm({ threads: 1 }), lean({ threads: 1 })]) {
    await use(backend);
    const x = tensor(
      Float32Array.from({ length: 60 }, (_, place) => Math.sin(place)),
      [12, 5],
    );
    const kernel = tensor(
      Float32Array.from({ length: 15 }, (_, place) => Math.cos(place)),
      [5, 3],
    );
    const logits = ops.matMul({ a: x, b: kernel });
    const rows = ops.reshape(logits, [4, 9]);
    const y = ops.activation(rows, 'softmax');
    results.push(await y.data<'float32'>());
    dispose([x, kernel, logits, rows, y]);
    expect(backend.stats()).toMatchObject({ tensors: 0, fallbacks: {} });
    held.push(backend.stats().bytesInUse);
  }
  expect(results[0]).toEqual(results[1]);
  expect(held[0]).toBe(held[1]);
});

test('what only a stock kernel computes says what to import', async () => {
  await use(lean({ threads: 1 }));
  const x = tensor([1, 2, 3, 4], [2, 2]);
  expect(() => cumsum(x)).toThrow(BackendError);
  expect(() => cumsum(x)).toThrow("Write import { wasm } from '@striate/backend-wasm', which is 40 kB more.");
  dispose(x);
});
