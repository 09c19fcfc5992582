import { memory, ops, tensor, use } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkConstraint, constrain } from './constrain.ts';
import { maxNorm, minMaxNorm, nonNegative, unitNorm } from './index.ts';

const values = Array.from({ length: 24 }, (_, place) => ((place + 1) % 7) - 3);
const shape = [4, 6];

describe('constraints', () => {
  beforeAll(async () => void (await use(cpu())));

  // Values of Keras 3.
  it.each([
    [
      'maxNorm',
      maxNorm(),
      [
        -0.78447, -0.41703, 0, 0.8165, 1.63299, 1.60357, -1.1767, -0.83406, -0.53452, 0, 0.8165, 1.06904, 1.1767,
        -1.25109, -1.06904, -0.8165, 0, 0.53452, 0.78447, 1.25109, -1.60357, -1.63299, -0.8165, 0,
      ],
    ],
    [
      'unitNorm',
      unitNorm({ axis: 1 }),
      [
        -0.45883, -0.22942, 0, 0.22942, 0.45883, 0.68825, -0.68825, -0.45883, -0.22942, 0, 0.22942, 0.45883, 0.61237,
        -0.61237, -0.40825, -0.20412, 0, 0.20412, 0.3849, 0.57735, -0.57735, -0.3849, -0.19245, 0,
      ],
    ],
    [
      'minMaxNorm, part of the way',
      minMaxNorm({ minimum: 2, maximum: 4, rate: 0.6 }),
      [
        -1.74136, -0.90043, 0, 1, 2, 3, -2.61204, -1.80087, -1, 0, 1, 2, 2.61204, -2.7013, -2, -1, 0, 1, 1.74136,
        2.7013, -3, -2, -1, 0,
      ],
    ],
    [
      'minMaxNorm over several axes',
      minMaxNorm({ minimum: 2, maximum: 4, axis: [0, 1] }),
      [
        -0.848, -0.424, 0, 0.424, 0.848, 1.272, -1.272, -0.848, -0.424, 0, 0.424, 0.848, 1.272, -1.272, -0.848, -0.424,
        0, 0.424, 0.848, 1.272, -1.272, -0.848, -0.424, 0,
      ],
    ],
    ['nonNegative', nonNegative(), [0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0]],
  ])('%s', async (_, record, expected) => {
    const x = tensor(values, shape);
    const before = memory().numTensors;
    const y = constrain(record, x);
    expect(memory().numTensors).toBe(before + 1);
    expect(y.shape).toEqual(shape);
    Array.from(await y.data()).forEach((value, place) => expect(value).toBeCloseTo(expected[place]!, 4));
  });

  it('one norm for each filter of a convolution', async () => {
    const kernel = tensor(
      Array.from({ length: 24 }, (_, place) => (place % 2 === 0 ? 3 : 0.1)),
      [2, 2, 3, 2],
    );
    const y = await constrain(maxNorm({ maximum: 3, axis: [0, 1, 2] }), kernel).data();
    expect(y[0]).toBeCloseTo(3 / Math.sqrt(12), 5);
    expect(y[1]).toBeCloseTo(0.1, 5);
  });

  it('a vector of zeros stays', async () => {
    expect(Array.from(await constrain(unitNorm(), tensor([0, 0])).data())).toEqual([0, 0]);
  });

  it('a function is a constraint too', async () => {
    const x = tensor([1, -2]);
    expect(Array.from(await constrain((given) => ops.rescale(given, { scale: [2] }), x).data())).toEqual([2, -4]);
    expect(() => constrain((given) => ops.mean(given), x)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: constrain: the function made a tensor [] of one of [2], but must keep the shape.]`,
    );
  });
});

it('impossible constraints are refused', () => {
  const check = (record: unknown, of?: number[]) => (): void =>
    checkConstraint('dense', 'kernelConstraint', record as never, of);
  expect(check({ type: 'maxnorm' })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: dense: kernelConstraint is {"type":"maxnorm"}, which is no known constraint. Did you mean 'maxNorm'? Known: maxNorm, minMaxNorm, unitNorm, nonNegative. A function (x) => tensor of the same shape works too.]`,
  );
  expect(check({ type: 'maxNorm', maximum: -1, axis: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: dense: kernelConstraint: maximum is -1, but must be finite and at least 0.]`,
  );
  expect(check({ ...maxNorm(), axis: -1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: dense: kernelConstraint: axis is -1, but must be a whole number of at least 0, or a list of different ones.]`,
  );
  expect(check({ ...unitNorm(), axis: [0, 0] })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: dense: kernelConstraint: axis is [0,0], but must be a whole number of at least 0, or a list of different ones.]`,
  );
  expect(check({ ...minMaxNorm(), minimum: 3 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: dense: kernelConstraint: minimum is 3, but must not exceed maximum, which is 1.]`,
  );
  expect(check({ ...minMaxNorm(), rate: 2 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: dense: kernelConstraint: rate is 2, but must be from 0 to 1.]`,
  );
  expect(check(maxNorm({ axis: [0, 1, 2] }), [5, 4])).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: dense: kernelConstraint takes norms over axis 2, but the parameter is [5, 4] with 2 axes, counted from 0.]`,
  );
});
