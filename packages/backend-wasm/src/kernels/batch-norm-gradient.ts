import { ops, type AttributesOf, type KernelInputsOf } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { channelsPerItem, cutRows } from './batch-norm.ts';
import { itemsOf } from './split.ts';

export const batchNormGradient: Kernel = defineKernel(ops.batchNormGradient, {
  run: ({ inputs, attributes, backend }) => gradients(inputs, attributes, backend, true),
});

/** With mean and variance as constants. */
export const batchNormInferenceGradient: Kernel = defineKernel(ops.batchNormInferenceGradient, {
  run: ({ inputs, attributes, backend }) => gradients(inputs, attributes, backend, false),
});

function gradients(
  { dy, x, gamma, mean, variance, y }: KernelInputsOf<typeof ops.batchNormGradient>,
  { epsilon, residual }: AttributesOf<typeof ops.batchNormGradient>,
  backend: KernelBackend,
  momentsDependOnX: boolean,
): TensorInfo[] {
  const { rows, channels, group, perItem, items } = cutRows(x);
  const dx = backend.output(x.shape);
  const dGamma = backend.output(gamma.shape);
  const dBeta = backend.output(gamma.shape);
  // What passed the rectifier is the residual's gradient; without a rectifier that is dy itself.
  const dz = residual && y ? backend.output(x.shape) : undefined;
  const dResidual = residual && !y ? backend.alias(dy, dy.shape) : dz;
  const partials = backend.temporary(items * channels * 16);
  const coefficients = backend.temporary(3 * channels * 4);
  const work = { items, scratchBytes: 16 * channels * group };
  const passed = (gradient: TensorInfo, output: TensorInfo | undefined): number[] => [
    backend.address(gradient),
    backend.address(x),
    rows,
    channels,
    group,
    perItem,
    output ? backend.address(output) : 0,
    backend.address(mean),
  ];
  backend.run('batchNormGradientSums', [...passed(dy, y), partials, dz ? backend.address(dz) : 0], work);
  backend.run(
    'batchNormGradientCombine',
    [
      partials,
      channels,
      items,
      backend.address(gamma),
      backend.address(variance),
      epsilon,
      momentsDependOnX ? rows : 0,
      backend.address(dGamma),
      backend.address(dBeta),
      coefficients,
    ],
    { items: itemsOf(channels, channelsPerItem) },
  );
  const rest = dz ? passed(dz, undefined) : passed(dy, y);
  backend.run('batchNormGradientApply', [...rest, coefficients, backend.address(dx)], work);
  return [dx, dGamma, dBeta, ...(dResidual ? [dResidual] : [])];
}
