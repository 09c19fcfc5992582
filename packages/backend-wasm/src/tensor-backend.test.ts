import { afterAll, beforeAll, expect, test } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { namedKernel } from './kernel.ts';
import { startForTest } from './testing.ts';
import type { WasmBackend } from './create-wasm.ts';

interface OneTensor {
  x: tf.TensorInfo;
}

/** A copy made by a kernel of ours, so that the elements pass through WebAssembly memory. */
const throughWasm = namedKernel<OneTensor, { dtype: tf.DataType }>('test.ThroughWasm', {
  run({ inputs: { x }, attributes: { dtype }, backend }) {
    const y = backend.output(x.shape, dtype);
    const length = tf.util.sizeFromShape(x.shape);
    const castNames: Record<string, string> = { 'int32 float32': 'intToFloat', 'float32 int32': 'floatToInt' };
    const name = castNames[`${x.dtype} ${dtype}`]!;
    backend.run(name, [backend.address(x), backend.address(y), length, 100], { items: Math.ceil(length / 100) });
    return y;
  },
});

const failing = namedKernel<OneTensor, object>('test.Failing', {
  run({ inputs: { x }, backend }) {
    backend.output(x.shape);
    backend.alias(x, x.shape);
    backend.temporary(1000);
    throw new Error('meant to fail');
  },
});

let backend: WasmBackend;
beforeAll(async () => {
  backend = await startForTest({ kernels: [throughWasm, failing], threads: 2 });
});
afterAll(() => backend.stop());

function toType(x: tf.Tensor, dtype: tf.DataType): tf.Tensor {
  return tf.engine().runKernel('test.ThroughWasm', { x }, { dtype });
}

test('float32, int32, bool and string tensors come back as they were given', async () => {
  expect(await tf.tensor([1.5, -2, NaN], [3], 'float32').data()).toEqual(Float32Array.of(1.5, -2, NaN));
  expect(await tf.tensor([1, -2, 2 ** 31 - 1], [3], 'int32').data()).toEqual(Int32Array.of(1, -2, 2 ** 31 - 1));
  expect(await tf.tensor([true, false], [2], 'bool').data()).toEqual(Uint8Array.of(1, 0));
  expect(await tf.tensor(['ä', ''], [2], 'string').data()).toEqual(['ä', '']);
  expect(await tf.tensor([], [0, 3]).data()).toEqual(new Float32Array(0));
});

test('complex tensors keep working', async () => {
  const before = backend.stats();
  const z = tf.complex([1, 2], [3, 4]);
  expect(await z.data()).toEqual(Float32Array.of(1, 3, 2, 4));
  const column = tf.reshape(z, [2, 1]);
  const imaginary = tf.imag(column);
  expect(await imaginary.data()).toEqual(Float32Array.of(3, 4));
  tf.dispose([z, column, imaginary]);
  const { tensors, bytesInUse } = backend.stats();
  expect({ tensors, bytesInUse }).toEqual({ tensors: before.tensors, bytesInUse: before.bytesInUse });
});

test('changing the array a tensor was made of does not change the tensor', async () => {
  const values = Float32Array.of(1, 2, 3);
  const x = tf.tensor(values);
  values[0] = 100;
  expect((await x.data())[0]).toBe(1);
});

test('changing what was read does not change the tensor', async () => {
  const x = tf.tensor([1, 2, 3]);
  (await x.data())[0] = 100;
  expect(await x.data()).toEqual(Float32Array.of(1, 2, 3));
  const labels = tf.tensor(['a']);
  const read = (await labels.data()) as unknown as string[];
  read[0] = 'b';
  expect(await labels.data()).toEqual(['a']);
});

test('a slice of a stock kernel is a copy', async () => {
  const x = tf.tensor([1, 2, 3, 4]);
  const part = tf.slice(x, [1], [2]);
  const stored = (tf.backend() as unknown as { data: { get(id: object): { values: Float32Array } } }).data;
  stored.get(x.dataId).values[1] = 100;
  expect(await part.data()).toEqual(Float32Array.of(2, 3));
});

test('tensors move between stock kernels and ours and back', async () => {
  const integers = tf.add(tf.tensor([1, 2, 3], [3], 'int32'), tf.tensor([1], [1], 'int32'));
  const floats = toType(integers, 'float32');
  const sum = tf.add(floats, 0.5);
  const back = toType(sum, 'int32');
  expect(await back.data()).toEqual(Int32Array.of(2, 3, 4));
  expect(await sum.data()).toEqual(Float32Array.of(2.5, 3.5, 4.5));
});

test('arrays of other types than the dtype stands for are converted at the door', async () => {
  const doubles = tf.buffer([2], 'float32', new Float64Array([1.25, 2]) as unknown as Float32Array).toTensor();
  expect(await doubles.data()).toEqual(Float32Array.of(1.25, 2));
  expect(await tf.tensor(Uint8Array.of(7, 255)).data()).toEqual(Int32Array.of(7, 255));
});

test('casts convert the elements, and stock composites that relabel them are put right', async () => {
  for (const [from, to, expected] of [
    ['bool', 'float32', Float32Array.of(1, 0)],
    ['bool', 'int32', Int32Array.of(1, 0)],
    ['int32', 'float32', Float32Array.of(-3, 0)],
    ['int32', 'bool', Uint8Array.of(1, 0)],
    ['float32', 'int32', Int32Array.of(-3, 0)],
    ['float32', 'bool', Uint8Array.of(1, 0)],
  ] as const) {
    const x = tf.tensor(from === 'bool' ? [1, 0] : from === 'int32' ? [-3, 0] : [-3.9, 0], [2], from);
    expect(await tf.cast(x, to).data()).toEqual(expected);
  }
  // Mean casts int32 to float32 inside.
  expect(await tf.mean(tf.tensor([1, 2], [2], 'int32')).data()).toEqual(Float32Array.of(1.5));
  const summed = tf.sum(tf.tensor([true, true], [2], 'bool'));
  expect(await summed.data()).toEqual(Int32Array.of(2));
});

test('memory is given back when the last tensor that shares it goes', () => {
  const { tensors, bytesInUse } = backend.stats();
  const x = toType(tf.tensor(new Int32Array(1000)), 'float32');
  const same = tf.reshape(x, [10, 100]);
  const clone = tf.clone(same);
  x.dispose();
  same.dispose();
  expect(backend.stats().bytesInUse).toBeGreaterThanOrEqual(bytesInUse + 4000);
  clone.dispose();
  expect(backend.stats()).toMatchObject({ tensors: tensors + 1, bytesInUse: bytesInUse + 4032 }); // the cast's input
});

test('a kernel that throws leaves nothing behind', () => {
  const x = toType(tf.tensor([1, 2, 3], [3], 'int32'), 'float32');
  const before = backend.stats();
  expect(() => tf.engine().runKernel('test.Failing', { x }, {})).toThrow('meant to fail');
  expect(backend.stats()).toEqual({ ...before, kernelCalls: { ...before.kernelCalls, 'test.Failing': 1 } });
  expect(tf.tidy(() => tf.clone(x)).shape).toEqual([3]);
});

test('repeated steps use exactly the same bytes', async () => {
  const weights = tf.tensor(new Float32Array(5000), [50, 100]);
  const step = (): void => {
    tf.tidy(() => void toType(toType(tf.matMul(weights, weights, false, true), 'int32'), 'float32'));
  };
  step();
  const { bytesInUse, bytesReserved, tensors } = backend.stats();
  for (let round = 0; round < 50; round++) step();
  expect(backend.stats()).toMatchObject({ bytesInUse, bytesReserved, tensors });
});
