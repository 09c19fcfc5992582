import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { itemsOf } from './split.ts';

const itemLength = 8192;

/** The `count` tensors of one role: parameter0, parameter1, .. */
const numbered = (inputs: Readonly<Record<string, TensorInfo>>, role: string, count: number): TensorInfo[] =>
  Array.from({ length: count }, (_, index) => inputs[`${role}${index}`]!);

/** Runs one job over all parameters; `words` are those of a parameter's record after its length and first item. */
function update(
  backend: KernelBackend,
  assemblyKernel: string,
  scalars: readonly number[],
  parameters: readonly TensorInfo[],
  words: (index: number) => number[],
): void {
  const args = [parameters.length, itemLength, ...scalars];
  let items = 0;
  for (const [index, { shape }] of parameters.entries()) {
    const length = sizeOf(shape);
    args.push(length, items, ...words(index));
    items += itemsOf(length, itemLength);
  }
  backend.run(assemblyKernel, args, { items });
}

export const sgd: Kernel = defineKernel(ops.sgd, {
  run({ inputs, attributes, backend }) {
    const { count, learningRate, momentum, nesterov, weightDecay, decays } = attributes;
    const parameters = numbered(inputs, 'parameter', count);
    const gradients = numbered(inputs, 'gradient', count);
    const velocities = momentum === 0 ? [] : numbered(inputs, 'velocity', count);
    const newParameters = parameters.map(({ shape }) => backend.output(shape));
    const newVelocities = velocities.map(({ shape }) => backend.output(shape));
    const address = (tensor: TensorInfo | undefined): number => (tensor ? backend.address(tensor) : 0);
    update(backend, 'sgd', [learningRate, momentum, Number(nesterov)], parameters, (index) => [
      decays[index] ? weightDecay : 0,
      ...[parameters, gradients, velocities, newParameters, newVelocities].map((list) => address(list[index])),
    ]);
    return [...newParameters, ...newVelocities];
  },
});

export const adam: Kernel = defineKernel(ops.adam, {
  run({ inputs, attributes, backend }) {
    const { count, learningRate, beta1, beta2, epsilon, weightDecay, decoupled, decays, step } = attributes;
    const old = ['parameter', 'gradient', 'mean', 'variance'].map((role) => numbered(inputs, role, count));
    const parameters = old[0]!;
    const made = ['parameter', 'mean', 'variance'].map(() => parameters.map(({ shape }) => backend.output(shape)));
    const scalars = [
      learningRate / (1 - beta1 ** step),
      1 / Math.sqrt(1 - beta2 ** step),
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      epsilon,
    ];
    update(backend, 'adam', scalars, parameters, (index) => {
      const decay = decays[index] ? weightDecay : 0;
      return [
        decoupled ? 0 : decay,
        decoupled ? 1 - learningRate * decay : 1,
        ...[...old, ...made].map((list) => backend.address(list[index]!)),
      ];
    });
    return made.flat();
  },
});
