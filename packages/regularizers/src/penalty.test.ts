import { memory, ops, tensor, use, valueAndGradients } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkRegularizer, penalty } from './penalty.ts';
import { l1, l1l2, l2, orthogonal } from './index.ts';

const values = [-2, 1, 0, 3, -0.5, 4];
const sumOfMagnitudes = 10.5;
const sumOfSquares = 30.25;
const read = async (x: { data(): Promise<ArrayLike<number>> }): Promise<number[]> => Array.from(await x.data());

describe('penalties', () => {
  beforeAll(async () => void (await use(cpu())));

  it.each([
    ['l1', l1(0.3), 0.3 * sumOfMagnitudes],
    ['l2, without 1/2', l2(0.2), 0.2 * sumOfSquares],
    ['l1l2', l1l2({ l1: 0.1, l2: 0.4 }), 0.1 * sumOfMagnitudes + 0.4 * sumOfSquares],
    ['l1l2 of l1 alone', l1l2({ l1: 0.1 }), 0.1 * sumOfMagnitudes],
    ['defaults', l1(), 0.01 * sumOfMagnitudes],
  ] as const)('%s', async (_, record, expected) => {
    const x = tensor(values, [2, 3]);
    const before = memory().numTensors;
    const y = penalty(record, x);
    expect(y.shape).toEqual([]);
    expect(memory().numTensors).toBe(before + 1);
    expect((await read(y))[0]).toBeCloseTo(expected, 5);
  });

  it('orthogonal, as Keras 3 computes it', async () => {
    const x = tensor(
      Array.from({ length: 24 }, (_, place) => ((place + 1) % 7) - 3),
      [4, 6],
    );
    expect((await read(penalty(orthogonal({ factor: 0.3 }), x)))[0]).toBeCloseTo(0.1029678, 5);
    expect((await read(penalty(orthogonal({ factor: 0.3, mode: 'columns' }), x)))[0]).toBeCloseTo(0.1454605, 5);
    const kernel = ops.reshape(x, [2, 2, 6]);
    expect((await read(penalty(orthogonal({ factor: 0.3 }), kernel)))[0]).toBeCloseTo(0.1029678, 5);
  });

  it('the gradient of l2 is 2 factor x, that of l1 the sign, and 0 at 0', async () => {
    const { gradients } = valueAndGradients(({ x }) => ({ loss: penalty(l1l2({ l1: 0.5, l2: 0.25 }), x!) }), {
      x: tensor(values),
    });
    const expected = values.map((value) => 0.5 * Math.sign(value) + 0.5 * value);
    (await read(gradients['x']!)).forEach((value, place) => expect(value).toBeCloseTo(expected[place]!, 6));
  });

  it('a function is a penalty too', async () => {
    const x = tensor([1, 2, 6]);
    expect((await read(penalty((given) => ops.mean(given), x)))[0]).toBeCloseTo(3, 6);
    expect(() => penalty((given) => ops.add(given, given), x)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: penalty: the function gave a tensor [3], but a penalty is one number. Take the sum or the mean.]`,
    );
  });
});

it('impossible penalties are refused', () => {
  const check = (record: unknown) => (): void => checkRegularizer('conv2d', 'kernelRegularizer', record as never);
  expect(check({ type: 'l3', factor: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: conv2d: kernelRegularizer is {"type":"l3"}, which is no known penalty. Did you mean 'l1'? Known: l1, l2, l1l2, orthogonal. A function (x) => scalar works too.]`,
  );
  expect(check('l2')).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: conv2d: kernelRegularizer is "l2", which is no known penalty. Write l2(). A function (x) => scalar works too.]`,
  );
  expect(check({ ...l1(), factor: -1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: conv2d: kernelRegularizer: factor is -1, but must be finite and at least 0.]`,
  );
  expect(check({ ...l1l2(), l2: Infinity })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: conv2d: kernelRegularizer: l2 is Infinity, but must be finite and at least 0.]`,
  );
  expect(check({ ...orthogonal(), mode: 'cols' })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: conv2d: kernelRegularizer: mode is "cols". Did you mean 'rows'? Known: rows, columns.]`,
  );
});
