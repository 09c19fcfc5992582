import { beforeAll, expect, test } from 'vitest';
import { defineOp, only } from './define-op.ts';
import { valueAndGradients } from './gradients.ts';
import * as ops from './ops/index.ts';
import { dispose, memory, tensor, type Tensor } from './tensor.ts';
import { cpu } from './testing.ts';
import { use } from './use.ts';
import { mul } from '@tensorflow/tfjs-core';

beforeAll(async () => void (await use(cpu())));

const values = async (x: Tensor | undefined): Promise<number[]> => [...(await x!.data())];

test('adds the gradients of all paths, also where one tensor is both inputs', async () => {
  const x = tensor([1, 2, 3, 4]);
  const { loss, gradients } = valueAndGradients(
    ({ x: v }) => {
      const twice = ops.add(v!, v!);
      return { loss: ops.mean(ops.add(ops.multiply(twice, v!), twice)) };
    },
    { x },
  );
  // d/dx of (2 x^2 + 2 x) / 4
  expect(await values(gradients['x'])).toEqual([6 / 4, 10 / 4, 14 / 4, 18 / 4]);
  dispose(x, loss, gradients);
});

test('leaves out what the loss does not depend on, and leaves no tensor behind', () => {
  const [x, unused] = [tensor([1, 2]), tensor([3])];
  const before = memory().numTensors;
  const { loss, gradients } = valueAndGradients(
    ({ x: v, unused: w }) => {
      ops.activation(w!, 'tanh');
      return { loss: ops.mean(ops.activation(v!, 'tanh')) };
    },
    { x, unused },
  );
  expect(Object.keys(gradients)).toEqual(['x']);
  dispose(loss, gradients);
  expect(memory().numTensors).toBe(before);
  dispose(x, unused);
});

test('a gradient of a parameter that is also on the way to others is whole', async () => {
  const x = tensor([2]);
  const { loss, gradients } = valueAndGradients(
    ({ x: v }) => ({ loss: ops.mean(ops.multiply(ops.multiply(v!, v!), v!)) }),
    { x },
  );
  expect(await values(gradients['x'])).toEqual([12]);
  dispose(x, loss, gradients);
});

test('gives back what a step saved before the step before it is walked through', () => {
  const bytes: number[] = [];
  const observed = defineOp<{ x: Tensor }, object>({
    name: 'test.Observed',
    shapes: ({ x }) => [x.shape],
    reference: ({ x }) => mul(x, 2),
    gradient: {
      saves: ['x'],
      of: ({ dys: [dy] }) => ({
        x: () => {
          bytes.push(memory().numBytes);
          return mul(dy!, 2);
        },
      }),
    },
  });
  const x = tensor(new Float32Array(1000));
  const { loss, gradients } = valueAndGradients(
    ({ x: v }) => {
      let h = v!;
      for (let layer = 0; layer < 5; layer++) h = only(observed({ x: h }, {}));
      return { loss: ops.mean(h) };
    },
    { x },
  );
  for (let step = 1; step < bytes.length; step++) expect(bytes[step]! - bytes[step - 1]!).toBeLessThanOrEqual(-4000);
  expect(bytes).toHaveLength(5);
  dispose(x, loss, gradients);
});

test('refuses to be called within itself', () => {
  const x = tensor([1]);
  expect(() =>
    valueAndGradients(
      ({ x: v }) => {
        valueAndGradients(({ x: w }) => ({ loss: ops.mean(w!) }), { x: v! });
        return { loss: ops.mean(v!) };
      },
      { x },
    ),
  ).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: valueAndGradients: gradients of gradients are not supported; do not call it within itself.]`,
  );
  x.dispose();
});
