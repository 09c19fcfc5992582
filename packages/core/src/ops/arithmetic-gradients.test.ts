import { beforeAll, describe, expect, it } from 'vitest';
import { apart, checkGradients, normal, seed, type GradientCase } from '../testing/check-gradients.ts';
import { valueAndGradients } from '../gradients.ts';
import * as stock from '../stock.ts';
import { dispose, fill, tensor, zerosLike, type Tensor } from '../tensor.ts';
import { cpu } from '../testing.ts';
import { use } from '../use.ts';
import * as ops from './index.ts';

/** Clear of 0 and positive. */
const positive = (shape: readonly number[]): Float32Array => normal(shape).map((value) => Math.abs(value) + 0.5);

const arithmetic = ['add', 'subtract', 'multiply', 'divide', 'power', 'maximum', 'minimum'] as const;
const pairs: [a: number[], b: number[]][] = [
  [[2, 3], [2, 3]], // prettier-ignore
  [[2, 3], [3]], // prettier-ignore
  [[1, 3], [4, 2, 1]], // prettier-ignore
  [[], [2, 2]], // prettier-ignore
];

const cases: GradientCase[] = [
  ...arithmetic.flatMap((name) =>
    pairs.map(([a, b]): GradientCase => ({
      name: `${name} of [${a.join(', ')}] and [${b.join(', ')}]`,
      inputs: { a, b },
      values: positive,
      compute: (given) => ops[name](given['a']!, given['b']!),
    })),
  ),
  ...arithmetic.flatMap((name): GradientCase[] => [
    { name: `${name} and 2.5`, inputs: { x: [3, 2] }, values: positive, compute: ({ x }) => ops[name](x!, 2.5) },
    { name: `2.5 ${name}`, inputs: { x: [3, 2] }, values: positive, compute: ({ x }) => ops[name](2.5, x!) },
  ]),
  ...(['negative', 'abs', 'sign', 'square', 'exp'] as const).map((name): GradientCase => ({
    name,
    inputs: { x: [3, 4] },
    values: apart,
    compute: ({ x }) => ops[name](x!),
  })),
  ...(['sqrt', 'log'] as const).map((name): GradientCase => ({
    name,
    inputs: { x: [3, 4] },
    values: positive,
    compute: ({ x }) => ops[name](x!),
  })),
  { name: 'clip', inputs: { x: [4, 5] }, values: apart, compute: ({ x }) => ops.clip(x!, -0.7, 1.1) },
  ...(['sum', 'mean', 'max', 'min'] as const).flatMap((name) =>
    [{}, { axis: 1 }, { axis: [0, -1] }, { axis: -2, keepDims: true }, { keepDims: true }].map(
      (options): GradientCase => ({
        name: `${name} ${JSON.stringify(options)}`,
        inputs: { x: [2, 3, 4] },
        values: apart,
        compute: ({ x }) => ops[name](x!, options),
      }),
    ),
  ),
  ...(['softmax', 'logSoftmax'] as const).flatMap((name) =>
    [{}, { axis: 0 }, { axis: 1 }].map((options): GradientCase => ({
      name: `${name} ${JSON.stringify(options)}`,
      inputs: { x: [3, 2, 4] },
      compute: ({ x }) => ops[name](x!, options),
    })),
  ),
  {
    name: 'where',
    inputs: { a: [2, 3], b: [3] },
    compute: ({ a, b }) => ops.where(tensor([1, 0, 0, 0, 1, 1], [2, 3], 'bool'), a!, b!),
  },
  {
    name: 'where, chosen by what it chooses from',
    inputs: { x: [4, 5] },
    values: apart,
    compute: ({ x }) => ops.where(ops.greater(x!, 0), x!, ops.multiply(x!, 0.1)),
  },
  {
    name: 'pick along the last axis',
    inputs: { x: [3, 4] },
    compute: ({ x }) => ops.pick(x!, tensor([3, 0, 2], [3], 'int32')),
  },
  {
    name: 'pick along the first axis',
    inputs: { x: [3, 4] },
    compute: ({ x }) => ops.pick(x!, tensor([1, 0, 2, 2], [4], 'int32'), { axis: 0 }),
  },
  { name: 'broadcastTo', inputs: { x: [3, 1] }, compute: ({ x }) => ops.broadcastTo(x!, [2, 3, 4]) },
  { name: 'pad', inputs: { x: [2, 3] }, compute: ({ x }) => ops.pad(x!, [[1, 0], [0, 2]], 7) }, // prettier-ignore
  { name: 'expandDims', inputs: { x: [2, 3] }, compute: ({ x }) => ops.expandDims(x!, 1) },
  { name: 'squeeze', inputs: { x: [2, 1, 3] }, compute: ({ x }) => ops.squeeze(x!) },
  { name: 'stack', inputs: { a: [2, 3], b: [2, 3] }, compute: ({ a, b }) => ops.stack([a!, b!], -1) },
  { name: 'transpose', inputs: { x: [2, 3, 4] }, compute: ({ x }) => ops.transpose(x!) },
  { name: 'reshape', inputs: { x: [2, 3, 4] }, compute: ({ x }) => ops.reshape(x!, [6, -1]) },
  {
    name: 'a focal loss',
    inputs: { logits: [5, 3] },
    compute({ logits }) {
      const labels = tensor([0, 2, 1, 1, 0], [5], 'int32');
      const logs = ops.pick(ops.logSoftmax(logits!), labels);
      return ops.negative(ops.multiply(ops.power(ops.subtract(1, ops.exp(logs)), 2), logs));
    },
  },
];

describe(`gradients of what losses are written with, seed ${seed}`, () => {
  beforeAll(() => use(cpu()));

  it.each(cases)('$name', checkGradients);

  const gradientOf = async (compute: (x: Tensor) => Tensor, values: number[]): Promise<number[]> => {
    const x = tensor(values);
    const { loss, gradients } = valueAndGradients((given) => ({ loss: ops.sum(compute(given['x']!)) }), { x });
    const read = [...(await gradients['x']!.data())];
    dispose(x, loss, gradients);
    return read;
  };

  it('gradients at corners', async () => {
    expect(await gradientOf((x) => ops.abs(x), [0, -2])).toEqual([0, -1]);
    expect(await gradientOf((x) => ops.maximum(x, 0), [0, -1])).toEqual([1, 0]);
    expect(await gradientOf((x) => ops.clip(x, 0, 1), [0, 1, 2])).toEqual([1, 1, 0]);
    expect(await gradientOf((x) => ops.max(x), [3, 1, 3])).toEqual([0.5, 0, 0.5]);
    expect(await gradientOf((x) => ops.power(x, 0), [0, 2])).toEqual([0, 0]);
    expect(await gradientOf((x) => ops.power(0, x), [2, 1])).toEqual([0, 0]);
  });

  it('where chooses before a function whose gradient is not finite, not behind it', async () => {
    expect(await gradientOf((x) => ops.where(ops.greater(x, 0), ops.log(x), 0), [2, 0, -1])).toEqual([0.5, NaN, -0]);
    const safe = (x: Tensor): Tensor => ops.where(ops.greater(x, 0), x, 1);
    expect(await gradientOf((x) => ops.where(ops.greater(x, 0), ops.log(safe(x)), 0), [2, 0, -1])).toEqual([0.5, 0, 0]);
  });

  it.each([
    ['mul', 'multiply', (x: Tensor) => stock.mul(x, 2)],
    ['sub', 'subtract', (x: Tensor) => stock.sub(x, 2)],
    ['mean', 'mean', (x: Tensor) => stock.mean(x)],
    ['clipByValue', 'clip', (x: Tensor) => stock.clipByValue(x, 0, 1)],
    ['where', 'where', (x: Tensor) => stock.where(ops.greater(x, 0), x, zerosLike(x))],
    ['softmax', 'softmax', (x: Tensor) => stock.softmax(x)],
  ] as const)('a gradient through stock.%s is refused and names ops.%s', (name, ours, compute) => {
    const x = tensor([1, 2]);
    expect(() => valueAndGradients((given) => ({ loss: ops.sum(compute(given['x']!)) }), { x })).toThrow(
      `stock.${name} has no gradient here; write ops.${ours}.`,
    );
    x.dispose();
  });

  it.each([
    ['Greater', (x: Tensor) => ops.mean(ops.greater(x, 0))],
    ['ArgMax', (x: Tensor) => ops.mean(ops.argMax(x))],
    ['Cast', (x: Tensor) => ops.mean(ops.cast(x, 'int32'))],
    ['LogicalNot', (x: Tensor) => ops.mean(ops.logicalNot(ops.cast(x, 'bool')))],
  ] as const)('a loss of nothing but %s is refused', (_, compute) => {
    const x = tensor([1, 2]);
    expect(() => valueAndGradients((given) => ({ loss: compute(given['x']!) }), { x })).toThrow(
      /^valueAndGradients: the loss depends on 'x' through striate\.\w+ alone, which has no gradient: /,
    );
    x.dispose();
  });

  it('refuses what does not fit', () => {
    const of = (...shape: number[]): Tensor => fill(shape, 1);
    expect(() => ops.add(of(2, 3), of(2))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: add: [2, 3] and [2] do not fit: sizes, compared from the last axis on, must be equal, or one of them 1. Bring them there with ops.reshape or ops.expandDims.]`,
    );
    expect(() => ops.sum(of(2, 3), { axis: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: sum: axis is 2, but must be a whole number from -2 to 1.]`,
    );
    expect(() => ops.sum(of(2, 3), { axis: [0, -2] })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: sum: axis is [0,-2], which names an axis twice.]`,
    );
    expect(() => ops.max(of(2, 0), { axis: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: max: [2, 0] has nothing along axis 1.]`,
    );
    expect(() => ops.argMax(of(2, 0), { axis: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: argMax: [2, 0] has nothing along axis 1.]`,
    );
    expect(() => ops.clip(of(2), 1, 0)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: clip: got a range from 1 to 0, but wants two numbers, the first not above the second.]`,
    );
    expect(() => ops.pick(of(2, 3), of(2))).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: pick: indices are of float32, but must be whole numbers of int32. Write ops.cast(indices, 'int32').]`,
    );
    expect(() => ops.pick(of(2, 3), tensor([1, 2, 3], [3], 'int32'))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pick: indices are [3], but [2, 3] wants one for each place beside axis 1: [2].]`,
    );
    expect(() => ops.broadcastTo(of(2, 3), [3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: broadcastTo: [2, 3] does not fit into [3]: sizes, compared from the last axis on, must be equal or 1.]`,
    );
    expect(() => ops.pad(of(2, 3), [[1, 1]])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pad: there are 1 pairs for [2, 3], which has 2 axes.]`,
    );
    expect(() => ops.squeeze(of(2, 1), 0)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: squeeze: axis 0 of [2, 1] has size 2, not 1.]`,
    );
    expect(() => ops.stack([of(2), of(3)])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: stack: [2] and [3] are not of one shape.]`,
    );
    expect(() => ops.softmax(of())).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: softmax: x is a scalar, but must have an axis to go along.]`,
    );
    expect(() => ops.where(of(2), of(3), 0)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: where: [2] and [3] do not fit: sizes, compared from the last axis on, must be equal, or one of them 1. Bring them there with ops.reshape or ops.expandDims.]`,
    );
  });
});
