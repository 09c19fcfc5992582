import { ops } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel } from '../../kernel.ts';
import { elementWise } from './element-wise.ts';
import { reduceInto } from './reduce.ts';

/** alpha as x sees it: with an axis for the samples, which share it. */
const withSamples = (alpha: TensorInfo): TensorInfo => ({ ...alpha, shape: [1, ...alpha.shape] });

export const preluKernels: readonly Kernel[] = [
  defineKernel(ops.prelu, {
    run: ({ inputs, gpu }) =>
      elementWise(gpu, {
        name: 'prelu',
        shape: inputs.x.shape,
        inputs: { x: inputs.x, alpha: withSamples(inputs.alpha) },
        value: 'nanOrElse(select(x * alpha, x, x > 0.0), x)',
      }),
  }),
  defineKernel(ops.preluGradient, {
    run({ inputs, gpu }) {
      const [dy, x, alpha] = [inputs.dy, inputs.x, inputs.alpha];
      const dx = elementWise(gpu, {
        name: 'preluGradient',
        shape: x.shape,
        inputs: { dy, x, alpha: withSamples(alpha) },
        value: 'dy * nanOrElse(select(alpha, 1.0, x > 0.0), x)',
      });
      const dAlpha = gpu.output(alpha.shape);
      reduceInto(gpu, dAlpha, {
        name: 'preluAlphaGradient',
        kind: 'sum',
        inputs: { dy, x },
        axes: [0, ...alpha.shape.flatMap((size, axis) => (size === 1 ? [axis + 1] : []))],
        value: 'dy * smaller(x, 0.0)',
      });
      return [dx, dAlpha];
    },
  }),
];
