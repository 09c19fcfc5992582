import { ops } from '@striate/core/backend';
import { defineKernel, type Kernel } from '../../kernel.ts';
import { elementWise } from '../element-wise/element-wise.ts';
import { reduce } from '../element-wise/reduce.ts';

export const penaltyKernels: readonly Kernel[] = [
  defineKernel(ops.penalty, {
    run({ inputs, attributes, gpu }) {
      const x = inputs.x;
      return reduce(gpu, {
        name: 'penalty',
        kind: 'sum',
        inputs: { x },
        axes: x.shape.map((_, axis) => axis),
        value: 'uniforms.l1 * abs(x) + uniforms.l2 * x * x',
        uniforms: attributes,
      });
    },
  }),
  defineKernel(ops.penaltyGradient, {
    run({ inputs, attributes, gpu }) {
      const { l1, l2 } = attributes;
      return elementWise(gpu, {
        name: 'penaltyGradient',
        shape: inputs.x.shape,
        inputs: { dy: inputs.dy, x: inputs.x },
        uniforms: { l1, l2 },
        value: 'dy * (uniforms.l1 * sign(x) + 2.0 * uniforms.l2 * x)',
      });
    },
  }),
];
