import { ops, type AttributesOf } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel } from '../../kernel.ts';
import { forEachPlace } from './for-each-place.ts';

const constantsOf = (
  { shape }: TensorInfo,
  { size, alpha, beta, k }: AttributesOf<typeof ops.localResponseNorm>,
): Record<string, number> => ({
  CHANNELS: shape.at(-1)!,
  SIZE: size,
  BEFORE: Math.floor(size / 2),
  ALPHA: alpha,
  BETA: beta,
  K: k,
});

/** WGSL: the neighbours' first place and the one after their last, `before` and `after` of them around. */
const neighboursCode = `
fn neighbours(index: u32, before: u32, after: u32) -> vec2u {
  let channel = index % CHANNELS;
  return vec2u(index - min(before, channel), index + min(after, CHANNELS - 1 - channel) + 1);
}
`;

const denominatorCode = `${neighboursCode}
fn denominator(index: u32) -> f32 {
  let range = neighbours(index, BEFORE, SIZE - 1 - BEFORE);
  var sum = 0.0;
  for (var other = range.x; other < range.y; other++) {
    sum += x[other] * x[other];
  }
  return sum * ALPHA + K;
}

// Devices may make a number of the power of NaN.
fn toPower(x: f32, exponent: f32) -> f32 {
  let isNumber = (bitcast<u32>(x) & 0x7fffffffu) <= 0x7f800000u;
  return select(x, pow(x, exponent), isNumber);
}
`;

export const localResponseNorm: Kernel = defineKernel(ops.localResponseNorm, {
  run({ inputs, attributes, gpu }) {
    const { x } = inputs;
    const y = gpu.output(x.shape);
    forEachPlace(gpu, {
      name: 'localResponseNorm',
      count: sizeOf(x.shape),
      constants: constantsOf(x, attributes),
      inputs: { x },
      outputs: { y },
      declarations: () => denominatorCode,
      body: () => 'y[index] = x[index] * toPower(denominator(index), -BETA);',
    });
    return y;
  },
});

/** Two dispatches, so that each power is taken once. */
export const localResponseNormGradient: Kernel = defineKernel(ops.localResponseNormGradient, {
  run({ inputs, attributes, gpu }) {
    const { dy, x } = inputs;
    const dx = gpu.output(x.shape);
    const shares = gpu.scratch(x.shape);
    const work = { count: sizeOf(x.shape), constants: constantsOf(x, attributes) };
    forEachPlace(gpu, {
      ...work,
      name: 'localResponseNormGradient.shares',
      inputs: { dy, x },
      outputs: { shares },
      declarations: () => denominatorCode,
      body: () => 'shares[index] = dy[index] * x[index] * toPower(denominator(index), -BETA - 1.0);',
    });
    forEachPlace(gpu, {
      ...work,
      name: 'localResponseNormGradient',
      inputs: { dy, x, shares },
      outputs: { dx },
      declarations: () => denominatorCode,
      body: () => `
  // A channel counts in those whose neighbour it is: the window turned around.
  let range = neighbours(index, SIZE - 1 - BEFORE, BEFORE);
  var sum = 0.0;
  for (var other = range.x; other < range.y; other++) {
    sum += shares[other];
  }
  dx[index] = dy[index] * toPower(denominator(index), -BETA) - x[index] * sum * (2.0 * ALPHA * BETA);`,
    });
    return dx;
  },
});
