import { dispose, memory, ops, tensor, use, type Values } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { dense, dropout, initialize, input, sequential, type LayerFunction, type Network } from '@striate/layers';
import { l1, l2, maxNorm, nonNegative, unitNorm } from '@striate/regularizers';
import { wasm } from '@striate/backend-wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import { crossEntropy } from './losses/cross-entropy.ts';
import { adam } from './optimizers/adam.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import { sgd } from './optimizers/sgd.ts';
import { createTrainer } from './step/trainer.ts';

const inputs = [
  [0.5, -1, 2],
  [1.5, 0.25, -0.5],
  [-1, 1, 0],
];
const labels = [1, 0, 1];
const learningRate = 0.3;

const read = async (values: Values): Promise<Record<string, number[]>> =>
  Object.fromEntries(
    await Promise.all(Object.entries(values).map(async ([name, x]) => [name, Array.from(await x.data())] as const)),
  );

/** Parameters after ten steps, each step's parameters being shown to `see`. */
async function train(
  layers: readonly LayerFunction[],
  optimizer: Optimizer,
  see: (parameters: Record<string, number[]>) => void = () => {},
): Promise<Record<string, number[]>> {
  const network: Network = initialize(sequential([input([3]), ...layers]), { seed: 3 });
  const trainer = createTrainer(network, { optimizer, loss: crossEntropy(), seed: 1 });
  const batch = { inputs: tensor(inputs), targets: tensor(labels, [3], 'int32') };
  const before = memory().numTensors;
  for (let step = 0; step < 10; step++) {
    trainer.update(trainer.gradients(batch).gradients);
    const now = trainer.network();
    see(await read(now.parameters));
    dispose(now.parameters, now.state);
  }
  expect(memory().numTensors).toBe(before);
  const { parameters, state } = trainer.network();
  const trained = await read(parameters);
  trainer.dispose();
  dispose(parameters, state, batch.inputs, batch.targets);
  return trained;
}

const expectClose = (got: Record<string, number[]>, wanted: Record<string, number[]>): void => {
  expect(Object.keys(got)).toEqual(Object.keys(wanted));
  for (const [name, values] of Object.entries(wanted))
    values.forEach((value, place) => expect(got[name]![place]).toBeCloseTo(value, 5));
};

describe.each([cpu(), wasm({ threads: 2 })])('on $name', (backend) => {
  beforeAll(async () => void (await use(backend)));

  test.each([{ momentum: 0 }, { momentum: 0.9 }, { momentum: 0.9, nesterov: true }])(
    'l2(lambda) is a weight decay of 2 lambda for sgd with %o',
    async (options) => {
      const lambda = 0.05;
      const both = await train(
        [dense({ units: 2, kernelRegularizer: l2(lambda), biasRegularizer: l2(lambda) })],
        sgd({ ...options, learningRate }),
      );
      expectClose(both, await train([dense({ units: 2 })], sgd({ ...options, learningRate, weightDecay: 2 * lambda })));
      const kernelOnly = await train(
        [dense({ units: 2, kernelRegularizer: l2(lambda) })],
        sgd({ ...options, learningRate }),
      );
      const decays = await train(
        [dense({ units: 2 })],
        sgd({ ...options, learningRate, weightDecay: 2 * lambda, decays: ['kernel'] }),
      );
      expectClose(kernelOnly, decays);
      const wrong = await train(
        [dense({ units: 2 })],
        sgd({ ...options, learningRate, weightDecay: lambda, decays: ['kernel'] }),
      );
      expect(Math.abs(wrong['dense/kernel']![0]! - kernelOnly['dense/kernel']![0]!)).toBeGreaterThan(1e-3);
    },
  );

  test('l2 is not the decoupled decay of adamW, but that of adam', async () => {
    const penalised = await train([dense({ units: 2, kernelRegularizer: l2(0.05) })], adam({ learningRate }));
    expectClose(
      penalised,
      await train([dense({ units: 2 })], adam({ learningRate, weightDecay: 0.1, decays: ['kernel'] })),
    );
  });

  test('a strong l1 makes weights small', async () => {
    const size = (values: Record<string, number[]>): number =>
      values['dense/kernel']!.reduce((sum, value) => sum + Math.abs(value), 0);
    const plain = await train([dense({ units: 2 })], sgd({ learningRate }));
    expect(size(await train([dense({ units: 2, kernelRegularizer: l1(0.3) })], sgd({ learningRate })))).toBeLessThan(
      size(plain) / 2,
    );
  });

  test('constraints hold after each step', async () => {
    let steps = 0;
    await train(
      [dense({ units: 2, kernelConstraint: maxNorm({ maximum: 0.5 }), biasConstraint: nonNegative() })],
      sgd({ learningRate, momentum: 0.9 }),
      (parameters) => {
        const { 'dense/kernel': kernel, 'dense/bias': bias } = parameters as Record<
          'dense/kernel' | 'dense/bias',
          number[]
        >;
        for (const unit of [0, 1])
          expect(Math.hypot(kernel[unit]!, kernel[2 + unit]!, kernel[4 + unit]!)).toBeLessThan(0.5 + 1e-6);
        expect(Math.min(...bias)).toBeGreaterThanOrEqual(0);
        steps++;
      },
    );
    expect(steps).toBe(10);
  });

  test('a function is a constraint, and each parameter has its own', async () => {
    const half = dense({
      units: 2,
      kernelConstraint: (x) => ops.rescale(x, { scale: [0], offset: [1] }),
      biasConstraint: unitNorm(),
    });
    const { 'dense/kernel': kernel, 'dense/bias': bias } = await train(
      [dropout({ rate: 0.2 }), half],
      sgd({ learningRate }),
    );
    expect(kernel).toEqual([1, 1, 1, 1, 1, 1]);
    expect(Math.hypot(...bias!)).toBeCloseTo(1, 5);
  });
});
