import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Gpu, type Kernel, type Uniform } from '../../kernel.ts';
import { linearIndexCode, linearWorkgroups } from '../../linear.ts';
import { gaussianCode } from './gaussian.ts';
import { philoxCode, philoxUniforms } from './philox.ts';

const threads = 64;

interface Draw {
  name: string;
  inputs?: Readonly<Record<string, TensorInfo>>;
  uniforms?: Readonly<Record<string, Uniform>>;
  functions?: string;
  /** WGSL: the element, out of its four random `words` (vec4u), its lane `e` of them, and its place `at` in the tensor. */
  value: string;
}

/** A tensor [N, ...] drawn from a source, four elements of a sample a thread. */
function drawn(
  gpu: Gpu,
  shape: readonly number[],
  source: ops.RandomSource,
  { dtype = 'float32', ...draw }: Draw & { dtype?: DataType },
): TensorInfo {
  const y = gpu.output(shape, dtype);
  drawInto(gpu, y, source, draw);
  return y;
}

/** The same into a tensor that is there. */
export function drawInto(gpu: Gpu, y: TensorInfo, source: ops.RandomSource, draw: Draw): void {
  const [samples = 1, ...rest] = y.shape;
  const length = sizeOf(rest);
  const blocks = Math.ceil(length / 4);
  if (samples * length === 0) return;
  gpu.dispatch({
    name: draw.name,
    ...(draw.inputs && { inputs: draw.inputs }),
    outputs: { y },
    uniforms: {
      ...philoxUniforms(source),
      samples: { type: 'u32', value: samples },
      sampleLength: { type: 'u32', value: length },
      blocks: { type: 'u32', value: blocks },
      ...draw.uniforms,
    },
    workgroups: linearWorkgroups(samples * blocks, threads),
    code: () => `${philoxCode}${draw.functions ?? ''}${linearIndexCode}
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = linearIndex(id, groups, ${threads}u);
  let sample = index / uniforms.blocks;
  let block = index % uniforms.blocks;
  if (sample >= uniforms.samples) { return; }
  let words = randomBlock(sample, block);
  let count = min(4u, uniforms.sampleLength - 4u * block);
  for (var e = 0u; e < count; e++) {
    let at = sample * uniforms.sampleLength + 4u * block + e;
    y[at] = ${draw.value};
  }
}
`,
  });
}

const float = (value: number): Uniform => ({ type: 'f32', value });

const dropout: Kernel = defineKernel(ops.dropout, {
  run({ inputs, attributes, gpu }) {
    const { rate, scale = 1 / Math.fround(1 - rate), shift = 0, replacement = 0 } = attributes;
    return drawn(gpu, inputs.x.shape, attributes, {
      name: 'dropout',
      inputs: { x: inputs.x },
      uniforms: {
        threshold: { type: 'u32', value: Math.floor(rate * 2 ** 32) },
        scale: float(scale),
        shift: float(shift),
        replacement: float(replacement),
      },
      value: 'select(uniforms.replacement, x[at] * uniforms.scale + uniforms.shift, words[e] >= uniforms.threshold)',
    });
  },
});

const randomBits: Kernel = defineKernel(ops.randomBits, {
  run({ attributes, gpu }) {
    return drawn(gpu, attributes.shape, attributes, {
      name: 'randomBits',
      dtype: 'int32',
      value: 'bitcast<i32>(words[e])',
    });
  },
});

const randomNormal: Kernel = defineKernel(ops.randomNormal, {
  run({ attributes, gpu }) {
    return drawn(gpu, attributes.shape, attributes, {
      name: 'randomNormal',
      uniforms: { mean: float(attributes.mean), standardDeviation: float(attributes.standardDeviation) },
      functions: gaussianCode,
      value: 'uniforms.mean + uniforms.standardDeviation * gaussianPair(words[e & 2u], words[(e & 2u) + 1u])[e & 1u]',
    });
  },
});

export const randomKernels: readonly Kernel[] = [randomBits, randomNormal, dropout];
