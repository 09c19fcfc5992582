import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '@striate/core';
import type { Gpu } from './kernel.ts';
import { linearIndexCode, linearWorkgroups } from './linear.ts';

/** A float32 copy of an int32 or bool tensor. */
export function toFloat(gpu: Gpu, x: TensorInfo): TensorInfo {
  const y = gpu.output(x.shape);
  const vectors = Math.ceil(sizeOf(x.shape) / 4);
  gpu.dispatch({
    name: 'toFloat',
    inputs: { x: { tensor: x, vectors: true } },
    outputs: { y: { tensor: y, vectors: true } },
    uniforms: { vectors: { type: 'u32', value: vectors } },
    workgroups: linearWorkgroups(vectors, 64),
    code: () => `${linearIndexCode}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = linearIndex(id, groups, 64u);
  if (index < uniforms.vectors) { y[index] = vec4f(x[index]); }
}
`,
  });
  return y;
}
