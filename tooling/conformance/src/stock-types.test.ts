// Kernels of ours that bear tfjs' names are called by its operations with int32 and bool too.
import * as stock from '@tensorflow/tfjs-core';
import { tensor, tidy, use, type DataType, type Tensor } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { backends } from './backends.ts';
import { usableBackends } from './usable-backends.ts';

type Operands = Record<'a' | 'b' | 'row', Tensor>;

/** On [2, 3] with signs, another one without 0, and a row that is repeated. */
const numeric: Record<string, (operands: Operands) => Tensor> = {
  add: ({ a, b }) => stock.add(a, b),
  'add of a row': ({ a, row }) => stock.add(a, row),
  sub: ({ a, b }) => stock.sub(a, b),
  mul: ({ a, b }) => stock.mul(a, b),
  div: ({ a, b }) => stock.div(a, b),
  maximum: ({ a, row }) => stock.maximum(a, row),
  minimum: ({ a, b }) => stock.minimum(a, b),
  squaredDifference: ({ a, b }) => stock.squaredDifference(a, b),
  addN: ({ a, b }) => stock.addN([a, b, a]),
  greater: ({ a, b }) => stock.greater(a, b),
  lessEqual: ({ a, row }) => stock.lessEqual(a, row),
  equal: ({ a, b }) => stock.equal(a, b),
  notEqual: ({ a, b }) => stock.notEqual(a, b),
  neg: ({ a }) => stock.neg(a),
  abs: ({ a }) => stock.abs(a),
  square: ({ a }) => stock.square(a),
  relu: ({ a }) => stock.relu(a),
  sign: ({ a }) => stock.sign(a),
  clip: ({ a }) => stock.clipByValue(a, -2, 3),
  sum: ({ a }) => stock.sum(a, 1),
  mean: ({ a }) => stock.mean(a, 0),
  prod: ({ b }) => stock.prod(b, 1),
  max: ({ a }) => stock.max(a, 1),
  min: ({ a }) => stock.min(a),
  argMax: ({ a }) => stock.argMax(a, 1),
  argMin: ({ a }) => stock.argMin(a, 0),
  concat: ({ a, b }) => stock.concat([a, b], 1),
  slice: ({ a }) => stock.slice(a, [0, 1], [2, 2]),
  stridedSlice: ({ a }) => stock.stridedSlice(a, [0, 0], [2, 3], [1, 2]),
  transpose: ({ a }) => stock.transpose(a),
  pad: ({ a }) => stock.pad(a, [[1, 0], [0, 2]]), // prettier-ignore
  reshape: ({ a }) => stock.reshape(a, [3, 2]),
  tile: ({ a }) => stock.tile(a, [2, 1]),
  reverse: ({ a }) => stock.reverse(a, 1),
  gather: ({ a }) => stock.gather(a, tensor([1, 0, 1], [3], 'int32')),
  where: ({ a, b }) => stock.where(stock.greater(a, 0), a, b),
  zerosLike: ({ a }) => stock.zerosLike(a),
  onesLike: ({ a }) => stock.onesLike(a),
  'to float32': ({ a }) => stock.cast(a, 'float32'),
  'to int32': ({ a }) => stock.cast(a, 'int32'),
  'to bool': ({ a }) => stock.cast(a, 'bool'),
  'with float32': ({ a, b }) => stock.mul(stock.cast(a, 'float32'), b),
};
const logical: typeof numeric = {
  logicalAnd: ({ a, b }) => stock.logicalAnd(a, b),
  logicalOr: ({ a, b }) => stock.logicalOr(a, b),
  logicalNot: ({ a }) => stock.logicalNot(a),
  any: ({ a }) => stock.any(a, 1),
  all: ({ a }) => stock.all(a, 0),
};
/** What tfjs refuses for bool, or gives no meaning to. */
const notOfBool = new Set(['neg', 'abs', 'square', 'sign', 'relu', 'squaredDifference', 'prod', 'div', 'addN']);

const values: Record<'int32' | 'bool', Record<keyof Operands, number[]>> = {
  int32: { a: [-3, 0, 7, 2, -1, 5], b: [2, 1, 7, -4, 3, 5], row: [1, -2, 6] },
  bool: { a: [1, 0, 1, 0, 0, 1], b: [0, 1, 1, 1, 0, 1], row: [1, 0, 1] },
};
const cases = (['int32', 'bool'] as const).flatMap((type) =>
  Object.entries(type === 'int32' ? numeric : { ...numeric, ...logical })
    .filter(([name]) => type === 'int32' || !notOfBool.has(name))
    .map(([name, compute]) => ({ name, type, compute })),
);

interface Result {
  dtype: DataType;
  shape: number[];
  values: number[];
}

async function run({ type, compute }: (typeof cases)[number]): Promise<Result> {
  const { a, b, row } = values[type];
  const y = tidy(() =>
    compute({ a: tensor(a, [2, 3], type), b: tensor(b, [2, 3], type), row: tensor(row, [3], type) }),
  );
  const result = { dtype: y.dtype, shape: y.shape, values: Array.from(await y.data(), Number) };
  y.dispose();
  return result;
}

describe("tfjs' operations on int32 and bool", () => {
  const expected: Result[] = [];
  beforeAll(async () => {
    await use(cpu());
    for (const one of cases) expected.push(await run(one));
  });

  // TensorFlow's kernels of these names are tfjs-node's, all of them.
  describe.each(usableBackends.filter((name) => !['cpu', 'tensorflow'].includes(name)))('%s', (name) => {
    beforeAll(() => use(backends[name]!()));

    test.each(cases.map((one, index) => ({ ...one, index })))('$name of $type', async ({ index }) => {
      const found = await run(cases[index]!);
      expect({ ...found, values: [] }).toEqual({ ...expected[index], values: [] });
      found.values.forEach((value, place) => expect(value).toBeCloseTo(expected[index]!.values[place]!, 4));
    });
  });
});
