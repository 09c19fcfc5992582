import { ops, type KernelInputsOf } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '@striate/core';
import { flag, float32, real, text, type } from '../attributes.ts';
import type { BindingAttribute } from '../binding.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import type { Operations } from '../operations.ts';

const attributesOf = (epsilon: number, isTraining: boolean): BindingAttribute[] => [
  float32,
  type('U', 'float32'),
  real('epsilon', epsilon),
  text('data_format', 'NHWC'),
  flag('is_training', isTraining),
];

const channelsOf = ({ shape }: TensorInfo): number => shape.at(-1)!;
const rowsOf = (x: TensorInfo): number => sizeOf(x.shape) / channelsOf(x);

/** The operation takes images alone. */
const asImage = (run: Operations, x: TensorInfo): number =>
  x.shape.length === 4 ? run.of(x) : run.reshape(run.of(x), [rowsOf(x), 1, 1, channelsOf(x)]);
const inShape = (run: Operations, x: number, { shape }: TensorInfo): number =>
  shape.length === 4 ? x : run.reshape(x, shape);

function finish(
  run: Operations,
  y: number,
  { x, residual }: KernelInputsOf<typeof ops.batchNorm>,
  activation: 'linear' | 'relu',
): number {
  const shaped = inShape(run, y, x);
  const z = residual ? run.one('AddV2', [shaped, run.of(residual)]) : shaped;
  return run.finish(z, undefined, activation);
}

export const batchNorm: Kernel = defineKernel(ops.batchNorm, {
  run({ inputs, attributes: { epsilon, activation }, run }) {
    const { x, gamma, beta } = inputs;
    const none = run.upload(new Float32Array(0), [0]);
    const [y, mean, unbiased] = run.many(
      'FusedBatchNormV3',
      [asImage(run, x), run.of(gamma), run.of(beta), none, none],
      [...attributesOf(epsilon, true), real('exponential_avg_factor', 1)],
      6,
    );
    const count = rowsOf(x);
    return [finish(run, y!, inputs, activation), mean!, run.scaled(unbiased!, Math.max(count - 1, 1) / count)];
  },
});

export const batchNormInference: Kernel = defineKernel(ops.batchNormInference, {
  run({ inputs, attributes: { epsilon, activation }, run }) {
    const { x, gamma, beta, mean, variance } = inputs;
    const handles = [gamma, beta, mean, variance].map((tensor) => run.of(tensor));
    const [y] = run.many('FusedBatchNormV3', [asImage(run, x), ...handles], attributesOf(epsilon, false), 6);
    return [finish(run, y!, inputs, activation)];
  },
});

/** On a GPU the operation wants cuDNN's own saved statistics instead. */
export const batchNormGradient: Kernel = defineKernel(ops.batchNormGradient, {
  accepts: ({ isGpu }) => !isGpu,
  run({ inputs: { dy, x, gamma, mean, variance, y }, attributes: { epsilon, residual }, run }) {
    const dz = run.masked(dy, y);
    const none = run.upload(new Float32Array(0), [0]);
    const image = x.shape.length === 4 ? dz : run.reshape(dz, [rowsOf(x), 1, 1, channelsOf(x)]);
    const [dx, dGamma, dBeta] = run.many(
      'FusedBatchNormGradV3',
      [image, asImage(run, x), run.of(gamma), run.of(mean), run.of(variance), none],
      attributesOf(epsilon, true),
      5,
    );
    return [inShape(run, dx!, x), dGamma!, dBeta!, ...(residual ? [dz] : [])];
  },
});
