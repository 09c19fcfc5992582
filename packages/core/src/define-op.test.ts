import { engine, getKernel, memory, mul, registerKernel, tensor, tidy, unregisterKernel } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defineOp, once, only, type Op } from './define-op.ts';
import { valueAndGradients } from './gradients.ts';
import { adamOp } from './ops/adam.ts';
import * as ops from './ops/index.ts';
import { cpu } from './testing.ts';
import { use } from './use.ts';

let gradientRuns = 0;
const product = defineOp<{ x: Tensor; w: Tensor; unused?: Tensor | undefined }, { factor: number }>({
  name: 'test.Product',
  shapes: ({ x }) => [x.shape],
  reference: ({ x, w }, { factor }) => mul(mul(x, w), factor),
  gradient: {
    saves: ['x', 'w'],
    of({ dys: [dy], inputs: { x, w }, attributes: { factor } }) {
      const both = once(() => {
        gradientRuns += 1;
        return [mul(mul(dy!, w), factor), mul(mul(dy!, x), factor)] as const;
      });
      return { x: () => both()[0], w: () => both()[1] };
    },
  },
});

describe('defineOp', () => {
  beforeAll(() => use(cpu()));

  it('runs the reference where the backend has no kernel, and the kernel where it has one', async () => {
    const twice = defineOp<{ x: Tensor }, object>({
      name: 'test.Twice',
      shapes: ({ x }) => [x.shape],
      reference: ({ x }) => mul(x, 2),
    });
    const x = tensor([1, 2]);
    const y = only(twice({ x }, {}));
    expect([...(await y.data())]).toEqual([2, 4]);
    expect(getKernel('test.Twice', 'cpu')).toBeDefined();
    unregisterKernel('test.Twice', 'cpu');
    registerKernel({
      kernelName: 'test.Twice',
      backendName: 'cpu',
      kernelFunc: ({ inputs }) => tidy(() => mul(inputs.x as Tensor, 20)),
    });
    expect([...(await only(twice({ x }, {})).data())]).toEqual([20, 40]);
  });

  it('gives a tensor of its own where the reference hands on its input', async () => {
    const same: Op<{ x: Tensor }, object> = defineOp({
      name: 'test.Same',
      shapes: ({ x }) => [x.shape],
      reference: ({ x }) => x,
      gradient: { saves: [], of: ({ dys: [dy] }) => ({ x: () => only(same({ x: dy! }, {})) }) },
    });
    const x = tensor([1, 2]);
    const before = memory().numTensors;
    const y = only(same({ x }, {}));
    expect(y).not.toBe(x);
    y.dispose();
    expect([...(await x.data())]).toEqual([1, 2]);
    const { gradients, loss } = valueAndGradients((given) => ({ loss: ops.mean(only(same({ x: given.x! }, {}))) }), {
      x,
    });
    expect([...(await gradients.x!.data())]).toEqual([0.5, 0.5]);
    gradients.x!.dispose();
    loss.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('computes a shared gradient once and leaves nothing behind, also when only one input wants it', async () => {
    const x = tensor([1, 2, 3]);
    const w = tensor([4, 5, 6]);
    const compute = (given: Record<string, Tensor>) => ({
      loss: ops.mean(only(product({ x, w, ...given }, { factor: 3 }))),
    });
    const before = memory().numTensors;
    gradientRuns = 0;
    const both = valueAndGradients(compute, { x, w });
    expect(gradientRuns).toBe(1);
    expect([...(await both.gradients.x!.data())]).toEqual([4, 5, 6]);
    expect([...(await both.gradients.w!.data())]).toEqual([1, 2, 3]);
    expect(memory().numTensors - before).toBe(3);
    const one = valueAndGradients(compute, { w });
    expect(Object.keys(one.gradients)).toEqual(['w']);
    expect(memory().numTensors - before).toBe(5);
  });

  it('hands auxiliary tensors on and frees everything when the computation throws', async () => {
    const x = tensor([1, 2, 3]);
    const w = tensor([4, 5, 6]);
    const before = memory().numTensors;
    const run = (fail: boolean) =>
      valueAndGradients(
        (given) => {
          const y = only(product({ x, w: given.w! }, { factor: 1 }));
          if (fail) throw new Error('stop');
          return { loss: ops.mean(y), auxiliary: { y } };
        },
        { w },
      );
    const { auxiliary, loss, gradients } = run(false);
    expect([...(await auxiliary.y!.data())]).toEqual([4, 10, 18]);
    for (const made of [auxiliary.y!, loss, gradients.w!]) made.dispose();
    expect(() => run(true)).toThrow('stop');
    expect(memory().numTensors).toBe(before);
    expect(engine().state.gradientDepth).toBe(0);
  });

  it('says which attributes vary from step to step, and refuses what is no list of names', () => {
    expect(adamOp.definition.varies).toEqual(['learningRate', 'step']);
    const definition = { name: 'test.Varying', shapes: () => [[]], reference: ({ x }: { x: Tensor }) => x };
    expect(() => defineOp<{ x: Tensor }, { rate: number }>({ ...definition, varies: ['rate', 'rate'] })).toThrow(
      `test.Varying: varies is ["rate","rate"], but must be a list of attributes' names, each once.`,
    );
  });

  it('refuses a loss that is no scalar', () => {
    const w = tensor([4, 5, 6]);
    expect(() =>
      valueAndGradients(({ w: given }) => ({ loss: ops.add(given!, given!) }), { w }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: valueAndGradients: the loss is of shape [3], but a scalar is needed. Take its mean.]`,
    );
  });

  it('leaves parameters out that the loss does not depend on', () => {
    const w = tensor([1, 2]);
    const other = tensor([3]);
    expect(
      Object.keys(valueAndGradients(({ w: given }) => ({ loss: ops.mean(given!) }), { w, other }).gradients),
    ).toEqual(['w']);
  });
});
