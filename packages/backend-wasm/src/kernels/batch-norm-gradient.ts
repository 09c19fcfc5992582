import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { channelsPerItem, cutRows } from './batch-norm.ts';
import { itemsOf } from './split.ts';

interface Inputs {
  dy: TensorInfo;
  x: TensorInfo;
  gamma: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  y?: TensorInfo;
}

interface Attributes {
  epsilon: number;
  residual: boolean;
}

export const batchNormGradient: Kernel = kernel<Inputs, Attributes>({
  name: 'striate.BatchNormGradient',
  run: ({ inputs, attributes, backend }) => gradients(inputs, attributes, backend, true),
});

/** With mean and variance as constants. */
export const batchNormInferenceGradient: Kernel = kernel<Inputs, Attributes>({
  name: 'striate.BatchNormInferenceGradient',
  run: ({ inputs, attributes, backend }) => gradients(inputs, attributes, backend, false),
});

function gradients(
  { dy, x, gamma, mean, variance, y }: Inputs,
  { epsilon, residual }: Attributes,
  backend: KernelBackend,
  momentsDependOnX: boolean,
): TensorInfo[] {
  const { rows, channels, group, perItem, items } = cutRows(x);
  const dx = backend.output(x.shape);
  const dGamma = backend.output(gamma.shape);
  const dBeta = backend.output(gamma.shape);
  const dResidual = residual ? backend.output(x.shape) : undefined;
  const partials = backend.temporary(items * channels * 16);
  const coefficients = backend.temporary(3 * channels * 4);
  const work = { items, scratchBytes: 16 * channels * group };
  const common = [
    backend.address(dy),
    backend.address(x),
    rows,
    channels,
    group,
    perItem,
    y ? backend.address(y) : 0,
    backend.address(mean),
  ];
  backend.run('batchNormGradientSums', [...common, partials], work);
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
  backend.run(
    'batchNormGradientApply',
    [...common, coefficients, backend.address(dx), dResidual ? backend.address(dResidual) : 0],
    work,
  );
  return [dx, dGamma, dBeta, ...(dResidual ? [dResidual] : [])];
}
