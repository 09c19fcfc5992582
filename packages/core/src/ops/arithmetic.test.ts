// What ops give, beside conformance: types, NaN, whole numbers, memory.
import { beforeAll, expect, it } from 'vitest';
import { dispose, fill, memory, tensor, type Tensor } from '../tensor.ts';
import { cpu } from '../testing.ts';
import { use } from '../use.ts';
import * as ops from './index.ts';

beforeAll(() => use(cpu()));

/** The values; the tensor is given back. */
async function read(y: Tensor): Promise<number[]> {
  const values = [...(await y.data())];
  y.dispose();
  return values;
}

it('computes with numbers in the place of tensors', async () => {
  const x = tensor([1, 2, 4]);
  expect(await read(ops.add(x, 1))).toEqual([2, 3, 5]);
  expect(await read(ops.subtract(1, x))).toEqual([0, -1, -3]);
  expect(await read(ops.multiply(x, 0.5))).toEqual([0.5, 1, 2]);
  expect(await read(ops.divide(8, x))).toEqual([8, 4, 2]);
  expect(await read(ops.power(x, 2))).toEqual([1, 4, 16]);
  expect(await read(ops.power(2, x))).toEqual([2, 4, 16]);
  expect(await read(ops.add(2, 3))).toEqual([5]);
  expect(await read(ops.maximum(x, 2))).toEqual([2, 2, 4]);
  expect(await read(ops.minimum(x, NaN))).toEqual([NaN, NaN, NaN]);
  x.dispose();
});

it('repeats what has one place', async () => {
  const [column, row] = [tensor([1, 2], [2, 1]), tensor([10, 20, 30])];
  const y = ops.add(column, row);
  expect(y.shape).toEqual([2, 3]);
  expect(await read(y)).toEqual([11, 21, 31, 12, 22, 32]);
  dispose(column, row);
});

it('takes whole numbers and truth values as the numbers that they are', async () => {
  const [pixels, mask] = [tensor([0, 128, 255], [3], 'int32'), tensor([1, 0, 1], [3], 'bool')];
  expect(await read(ops.divide(pixels, 2))).toEqual([0, 64, 127.5]);
  expect(await read(ops.multiply(pixels, mask))).toEqual([0, 0, 255]);
  expect(await read(ops.mean(mask))).toEqual([expect.closeTo(2 / 3, 6)]);
  expect(await read(ops.max(pixels))).toEqual([255]);
  dispose(pixels, mask);
});

it('comparisons give truth values, and false with NaN', async () => {
  const x = tensor([-1, 0, 1, NaN]);
  const y = ops.greater(x, 0);
  expect(y.dtype).toBe('bool');
  expect(await read(y)).toEqual([0, 0, 1, 0]);
  expect(await read(ops.greaterEqual(x, 0))).toEqual([0, 1, 1, 0]);
  expect(await read(ops.less(x, 0))).toEqual([1, 0, 0, 0]);
  expect(await read(ops.lessEqual(x, 0))).toEqual([1, 1, 0, 0]);
  expect(await read(ops.equal(x, x))).toEqual([1, 1, 1, 0]);
  expect(await read(ops.notEqual(x, x))).toEqual([0, 0, 0, 1]);
  expect(await read(ops.logicalNot(x))).toEqual([0, 1, 0, 0]);
  expect(await read(ops.logicalAnd(x, tensor([1])))).toEqual([1, 0, 1, 1]);
  expect(await read(ops.logicalOr(x, tensor([0])))).toEqual([1, 0, 1, 1]);
  x.dispose();
});

it('keeps NaN', async () => {
  const x = tensor([1, NaN, 3, -2], [2, 2]);
  expect(await read(ops.max(x, { axis: 1 }))).toEqual([NaN, 3]);
  expect(await read(ops.min(x, { axis: 1 }))).toEqual([NaN, -2]);
  expect(await read(ops.clip(x, 0, 2))).toEqual([1, NaN, 2, 0]);
  expect(await read(ops.sign(x))).toEqual([1, NaN, 1, -1]);
  expect(await read(ops.argMax(x, { axis: 1 }))).toEqual([1, 0]);
  expect(await read(ops.argMax(x))).toEqual([1]);
  expect(await read(ops.cast(x, 'int32'))).toEqual([1, 0, 3, -2]);
  expect(await read(ops.cast(x, 'bool'))).toEqual([1, 1, 1, 1]);
  x.dispose();
});

it('picks and spreads by class numbers; one that does not exist gives NaN, or a row of zeros', async () => {
  const [x, labels] = [tensor([1, 2, 3, 4, 5, 6], [2, 3]), tensor([2, 3], [2], 'int32')];
  expect(await read(ops.pick(x, labels))).toEqual([3, NaN]);
  expect(await read(ops.oneHot(labels, 3))).toEqual([0, 0, 1, 0, 0, 0]);
  dispose(x, labels);
});

it('what is not picked does not count', async () => {
  const [x, labels] = [tensor([NaN, 2, Infinity, 4], [2, 2]), tensor([1, 1], [2], 'int32')];
  expect(await read(ops.pick(x, labels))).toEqual([2, 4]);
  dispose(x, labels);
});

it('reduces an empty tensor to nothing, and nothing to 0', async () => {
  expect(await read(ops.sum(fill([2, 0], 1), { axis: 0 }))).toEqual([]);
  expect(await read(ops.sum(fill([2, 0], 1), { axis: 1 }))).toEqual([0, 0]);
});

it('leaves no tensor behind', () => {
  const [x, labels] = [fill([2, 3], 1), tensor([0, 1], [2], 'int32')];
  const before = memory().numTensors;
  const made = [
    ops.add(x, 1),
    ops.where(ops.greater(x, 0), x, 0),
    ops.mean(x, { axis: 1 }),
    ops.softmax(x, { axis: 0 }),
    ops.pick(x, labels),
    ops.stack([x, x]),
    ops.sign(x),
    ops.argMax(x),
  ];
  expect(memory().numTensors - before).toBe(made.length + 1); // and the condition, which is the caller's
  dispose(made);
});
