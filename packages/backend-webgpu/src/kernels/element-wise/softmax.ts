import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Gpu } from '../../kernel.ts';
import { rowsOf, runRows } from './rows.ts';

/** WGSL: `largest` and `sum`, of exp(x - largest), of a row. */
export const sumOfPowers = (x: string): string => `
  var largest = -3.4028234e38;
  for (var k = lane; k < uniforms.classes; k += u32(WIDTH)) { largest = max(largest, ${x}[start + k]); }
  largest = largestOfRow(largest, lane);
  var sum = 0.0;
  for (var k = lane; k < uniforms.classes; k += u32(WIDTH)) { sum += powerInRow(${x}[start + k], largest); }
  sum = sumOfRow(sum, lane);
`;

/** Softmax, or its logarithm, along the last axis. */
export function softmaxRows(gpu: Gpu, x: TensorInfo, logarithmic: boolean): TensorInfo {
  const y = gpu.output(x.shape);
  const value = logarithmic ? 'x[start + k] - largest - logarithm(sum)' : 'powerInRow(x[start + k], largest) / sum';
  runRows(gpu, {
    name: logarithmic ? 'logSoftmax' : 'softmax',
    ...rowsOf(x),
    inputs: { x },
    outputs: { y },
    body: `${sumOfPowers('x')}
  for (var k = lane; k < uniforms.classes; k += u32(WIDTH)) { y[start + k] = ${value}; }`,
  });
  return y;
}

/** Softmax: dx = y (dy - sum of dy y); its logarithm: dx = dy - exp(y) sum of dy. */
export function softmaxGradientRows(gpu: Gpu, dy: TensorInfo, y: TensorInfo, logarithmic: boolean): TensorInfo {
  const dx = gpu.output(dy.shape);
  const term = logarithmic ? 'dy[start + k]' : 'dy[start + k] * y[start + k]';
  const value = logarithmic
    ? 'dy[start + k] - nanOrElse(power(y[start + k]), y[start + k]) * total'
    : 'y[start + k] * (dy[start + k] - total)';
  runRows(gpu, {
    name: logarithmic ? 'logSoftmaxGradient' : 'softmaxGradient',
    ...rowsOf(dy),
    inputs: { dy, y },
    outputs: { dx },
    body: `
  var total = 0.0;
  for (var k = lane; k < uniforms.classes; k += u32(WIDTH)) { total += ${term}; }
  total = sumOfRow(total, lane);
  for (var k = lane; k < uniforms.classes; k += u32(WIDTH)) { dx[start + k] = ${value}; }`,
  });
  return dx;
}
