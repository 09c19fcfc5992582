import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { ops, valueAndGradients } from '@striate/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { random, startTrials, whole, type Trials } from '../../testing.ts';

let trials: Trials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

const run = (name: string, inputs: Record<string, Tensor> | Tensor[], attributes: object = {}): Tensor | Tensor[] =>
  engine().runKernel(name, inputs as Record<string, Tensor>, attributes as never);

/** Gradients of a loss that weighs all elements of y differently. */
function gradientsOf(
  parameters: Record<string, Tensor>,
  weights: Tensor,
  compute: (values: Record<string, Tensor>) => Tensor,
): Tensor[] {
  const { gradients } = valueAndGradients(
    (values) => ({ loss: ops.mean(ops.scaleBy(compute(values), weights)) }),
    parameters,
  );
  return Object.values(gradients);
}

test('concat and its gradient, along any axis', async () => {
  for (const axis of [0, 1, 2, 3]) {
    const shape = [whole(1, 3), whole(1, 4), whole(1, 4), whole(1, 5)];
    const sizes = [whole(1, 3), whole(1, 3), whole(1, 3)];
    const [a, b, c] = sizes.map((size) => random(shape.with(axis, size)));
    const weights = random(shape.with(axis, sizes[0]! + sizes[1]! + sizes[2]!));
    await trials.compare({ a: a!, b: b!, c: c!, weights }, (inputs) => {
      const { weights: given, ...parts } = inputs;
      return [
        ops.concat(Object.values(parts), axis),
        ...gradientsOf(parts, given, (values) => ops.concat(Object.values(values), axis)),
      ];
    });
  }
});

test('many scalars are joined in few runs', async () => {
  const scalars = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`s${index}`, random([1])]));
  await trials.compare(scalars, (inputs) => run('Concat', Object.values(inputs), { axis: 0 }), 0);
  const before = trials.backend.stats().dispatches;
  await trials.run(scalars, (inputs) => run('Concat', Object.values(inputs), { axis: 0 }));
  expect(trials.backend.stats().dispatches - before).toBeLessThanOrEqual(Math.ceil(40 / 7));
});

test('slice and its gradient', async () => {
  const shape = [5, 6, 3, 4];
  for (let trial = 0; trial < 5; trial++) {
    const begin = shape.map((size) => whole(0, size - 1));
    const size = shape.map((length, axis) => whole(0, length - begin[axis]!));
    await trials.compare(
      { x: random(shape), weights: random(size.map((length) => Math.max(1, length))) },
      ({ x, weights }) => {
        const y = ops.slice(x, { begin, size });
        if (y.size === 0) return [y];
        return [y, ...gradientsOf({ x }, weights, (values) => ops.slice(values['x']!, { begin, size }))];
      },
    );
  }
});

test('transpose in any order', async () => {
  for (const permutation of [
    [1, 0, 2, 3],
    [3, 2, 1, 0],
    [0, 3, 1, 2],
    [0, 1, 2, 3],
    [2, 3, 0, 1],
  ]) {
    await trials.compare({ x: random([3, 4, 5, 6]) }, ({ x }) => ops.transpose(x, permutation), 0);
  }
  await trials.compare({ x: random([0, 3]) }, ({ x }) => ops.transpose(x, [1, 0]), 0);
});

test('reshape shares the storage', async () => {
  const before = trials.backend.stats().dispatches;
  await trials.run({ x: random([6, 4]) }, ({ x }) => ops.reshape(x, [3, 8]));
  expect(trials.backend.stats().dispatches).toBe(before);
  await trials.compare({ x: random([6, 4]) }, ({ x }) => ops.reshape(x, [3, 8]), 0);
});

test.each(['zeros', 'reflect', 'symmetric', 'replicate', 'circular'] as const)(
  'pad2d with %s, and its gradient',
  async (mode) => {
    for (let trial = 0; trial < 6; trial++) {
      const shape = [whole(1, 2), whole(2, 5), whole(2, 5), whole(1, 5)];
      const most = mode === 'reflect' ? Math.min(shape[1]!, shape[2]!) - 1 : Math.min(shape[1]!, shape[2]!);
      const padding = [whole(0, most), whole(0, most), whole(0, most), whole(0, most)] as const;
      const padded = [shape[0]!, shape[1]! + padding[0] + padding[1], shape[2]! + padding[2] + padding[3], shape[3]!];
      await trials.compare({ x: random(shape), weights: random(padded) }, ({ x, weights }) => [
        ops.pad2d(x, { padding, mode }),
        ...gradientsOf({ x }, weights, (values) => ops.pad2d(values['x']!, { padding, mode })),
      ]);
    }
  },
);

test('prelu and its gradients', async () => {
  for (const alphaShape of [
    [5, 6, 7],
    [1, 1, 7],
    [1, 1, 1],
    [5, 1, 7],
  ]) {
    const [x, weights] = [random([3, 5, 6, 7]), random([3, 5, 6, 7])];
    await trials.compare({ x, alpha: random(alphaShape), weights }, ({ weights: given, ...parameters }) => [
      ops.prelu(parameters),
      ...gradientsOf(parameters, given, (values) => ops.prelu({ x: values['x']!, alpha: values['alpha']! })),
    ]);
  }
});

test('pairs of tensors and their gradients', async () => {
  for (const op of [ops.add, ops.subtract, ops.multiply, ops.maximum, ops.minimum]) {
    const [a, b, weights] = [random([3, 7]), random([3, 7]), random([3, 7])];
    await trials.compare({ a, b, weights }, ({ weights: given, ...parameters }) => [
      op(parameters.a, parameters.b),
      ...gradientsOf(parameters, given, (values) => op(values['a']!, values['b']!)),
    ]);
  }
});

test('stock kernels that only move elements', async () => {
  const x = random([3, 4, 5], 'int32');
  await trials.compare({ x }, (inputs) => run('Tile', inputs, { reps: [2, 1, 3] }), 0);
  await trials.compare({ x }, (inputs) => run('Reverse', inputs, { dims: [0, 2] }), 0);
  await trials.compare({ x }, (inputs) => run('SplitV', inputs, { numOrSizeSplits: [1, 3], axis: 1 }), 0);
  await trials.compare({ x }, (inputs) => run('Unpack', { value: inputs.x }, { axis: -1 }), 0);
  await trials.compare(
    { x },
    (inputs) =>
      run('PadV2', inputs, {
        paddings: [
          [1, 0],
          [0, 2],
          [0, 0],
        ],
        constantValue: 7,
      }),
    0,
  );
  await trials.compare({ a: x, b: random([3, 4, 5], 'int32') }, ({ a, b }) => run('Pack', [a, b], { axis: 1 }), 0);
  await trials.compare({ x }, (inputs) => run('ExpandDims', { input: inputs.x }, { dim: 1 }), 0);
});
