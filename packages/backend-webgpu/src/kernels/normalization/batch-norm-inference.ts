import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { defineKernel, type Kernel } from '../../kernel.ts';
import { forEachPlace } from './for-each-place.ts';
import { valueCode, valuesOf } from './values.ts';

export const batchNormInference: Kernel = defineKernel(ops.batchNormInference, {
  run({ inputs, attributes, gpu }) {
    const { x, gamma, beta, mean, variance, residual } = inputs;
    const { epsilon, activation } = attributes;
    const { columns, bind, ...values } = valuesOf(x.shape.at(-1)!);
    const y = gpu.output(x.shape);
    forEachPlace(gpu, {
      name: 'batchNormInference',
      count: values.vectors ? sizeOf(x.shape) / 4 : sizeOf(x.shape),
      constants: { COLUMNS: columns, EPSILON: epsilon, RELU: activation === 'relu' },
      inputs: {
        x: bind(x),
        gamma: bind(gamma),
        beta: bind(beta),
        mean: bind(mean),
        variance: bind(variance),
        ...(residual && { residual: bind(residual) }),
      },
      outputs: { y: bind(y) },
      declarations: () => valueCode(values),
      body: () => `
  let column = index % COLUMNS;
  let factor = gamma[column] * inverseSqrt(variance[column] + EPSILON);
  let z = (x[index] - mean[column]) * factor + beta[column]${residual ? ' + residual[index]' : ''};
  if (RELU) { y[index] = rectified(z); } else { y[index] = z; }`,
    });
    return y;
  },
});
