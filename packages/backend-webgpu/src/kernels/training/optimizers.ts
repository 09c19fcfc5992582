import { ops } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Gpu, type Kernel } from '../../kernel.ts';
import { numbered, runUpdates } from './updates.ts';

const likeAll = (gpu: Gpu, tensors: readonly TensorInfo[]): TensorInfo[] =>
  tensors.map(({ shape }) => gpu.output(shape));

const sgd: Kernel = defineKernel(ops.sgd, {
  run({ inputs, attributes, gpu }) {
    const { count, learningRate, momentum, nesterov, weightDecay, decays } = attributes;
    const parameters = numbered(inputs, 'parameter', count);
    const gradients = numbered(inputs, 'gradient', count);
    const velocities = momentum === 0 ? [] : numbered(inputs, 'velocity', count);
    const newParameters = likeAll(gpu, parameters);
    const newVelocities = likeAll(gpu, velocities);
    const updates = parameters.map((parameter, index) => ({
      inputs: {
        parameter,
        gradient: gradients[index]!,
        ...(momentum !== 0 && { velocity: velocities[index]! }),
      },
      outputs: {
        newParameter: newParameters[index]!,
        ...(momentum !== 0 && { newVelocity: newVelocities[index]! }),
      },
      numbers: { decay: decays[index] ? weightDecay : 0 },
    }));
    const direction = nesterov ? 'g + uniforms.momentum * newVelocity' : 'newVelocity';
    runUpdates(gpu, updates, {
      name: momentum === 0 ? 'sgd' : nesterov ? 'sgd.nesterov' : 'sgd.momentum',
      uniforms: { learningRate, momentum },
      code: `let g = gradient + decay * parameter;
    ${momentum === 0 ? '' : 'newVelocity = uniforms.momentum * velocity + g;'}
    newParameter = parameter - uniforms.learningRate * (${momentum === 0 ? 'g' : direction});`,
    });
    return [...newParameters, ...newVelocities];
  },
});

const adam: Kernel = defineKernel(ops.adam, {
  run({ inputs, attributes, gpu }) {
    const { count, learningRate, beta1, beta2, epsilon, weightDecay, decoupled, decays, step } = attributes;
    const parameters = numbered(inputs, 'parameter', count);
    const [gradients, means, variances] = ['gradient', 'mean', 'variance'].map((role) => numbered(inputs, role, count));
    const made = [likeAll(gpu, parameters), likeAll(gpu, parameters), likeAll(gpu, parameters)] as const;
    const updates = parameters.map((parameter, index) => {
      const decay = decays[index] ? weightDecay : 0;
      return {
        inputs: { parameter, gradient: gradients![index]!, mean: means![index]!, variance: variances![index]! },
        outputs: { newParameter: made[0][index]!, newMean: made[1][index]!, newVariance: made[2][index]! },
        numbers: { decay: decoupled ? 0 : decay, shrink: decoupled ? 1 - learningRate * decay : 1 },
      };
    });
    runUpdates(gpu, updates, {
      name: 'adam',
      uniforms: {
        rate: learningRate / (1 - beta1 ** step),
        deviationFactor: 1 / Math.sqrt(1 - beta2 ** step),
        beta1,
        rest1: 1 - beta1,
        beta2,
        rest2: 1 - beta2,
        epsilon,
      },
      code: `let g = gradient + decay * parameter;
    newMean = uniforms.beta1 * mean + uniforms.rest1 * g;
    newVariance = uniforms.beta2 * variance + uniforms.rest2 * g * g;
    let deviation = sqrt(newVariance) * uniforms.deviationFactor + uniforms.epsilon;
    newParameter = shrink * parameter - uniforms.rate * (newMean / deviation);`,
    });
    return made.flat();
  },
});

const movingAverage: Kernel = defineKernel(ops.movingAverage, {
  run({ inputs, attributes, gpu }) {
    const { momentum, corrections, count } = attributes;
    const averages = numbered(inputs, 'average', count);
    const values = numbered(inputs, 'value', count);
    const made = likeAll(gpu, averages);
    const updates = averages.map((average, index) => ({
      inputs: { average, value: values[index]! },
      outputs: { newAverage: made[index]! },
      numbers: { weight: (1 - momentum) * corrections[index]! },
    }));
    runUpdates(gpu, updates, {
      name: 'movingAverage',
      uniforms: { momentum },
      code: 'newAverage = uniforms.momentum * average + weight * value;',
    });
    return made;
  },
});

export const optimizerKernels: readonly Kernel[] = [sgd, adam, movingAverage];
