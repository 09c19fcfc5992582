import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Gpu, type Kernel, type Uniform } from '../../kernel.ts';
import { linearIndexCode, linearWorkgroups } from '../../linear.ts';
import { elementWise, threads } from './element-wise.ts';

/** Channels of one run: as many as have their numbers in one slot of uniforms. */
const together = 24;

/** Each channel with numbers of its own: they travel as uniforms. */
function rescaleChannels(gpu: Gpu, x: TensorInfo, scale: readonly number[], offset: readonly number[]): TensorInfo {
  const y = gpu.output(x.shape);
  const channels = x.shape.at(-1)!;
  const rows = channels === 0 ? 0 : sizeOf(x.shape) / channels;
  const numbers = (name: string, list: readonly number[], first: number): [string, Uniform][] =>
    Array.from({ length: together }, (_, index) => [
      `${name}${index}`,
      { type: 'f32', value: (list.length === 1 ? list[0] : list[first + index]) ?? 0 },
    ]);
  if (rows === 0) return y;
  for (let first = 0; first < channels; first += together) {
    const count = Math.min(together, channels - first);
    gpu.dispatch({
      name: 'rescale.channels',
      inputs: { x },
      outputs: { y },
      uniforms: {
        rows: { type: 'u32', value: rows },
        channels: { type: 'u32', value: channels },
        first: { type: 'u32', value: first },
        count: { type: 'u32', value: count },
        ...Object.fromEntries([...numbers('scale', scale, first), ...numbers('offset', offset, first)]),
      },
      workgroups: linearWorkgroups(rows * count, threads),
      code: () => `${linearIndexCode}
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = linearIndex(id, groups, ${threads}u);
  if (index >= uniforms.rows * uniforms.count) { return; }
  let channel = index % uniforms.count;
  let at = index / uniforms.count * uniforms.channels + uniforms.first + channel;
  var scales = array<f32, ${together}>(${numbers('scale', [0], 0)
    .map(([name]) => `uniforms.${name}`)
    .join(', ')});
  var offsets = array<f32, ${together}>(${numbers('offset', [0], 0)
    .map(([name]) => `uniforms.${name}`)
    .join(', ')});
  y[at] = x[at] * scales[channel] + offsets[channel];
}
`,
    });
  }
  return y;
}

export const rescaleKernels: readonly Kernel[] = [
  defineKernel(ops.rescale, {
    run({ inputs, attributes, gpu }) {
      const x = inputs.x;
      const { scale, offset } = attributes;
      if (Math.max(scale.length, offset.length) > 1) return rescaleChannels(gpu, x, scale, offset);
      return elementWise(gpu, {
        name: 'rescale',
        shape: x.shape,
        inputs: { x },
        uniforms: { scale: scale[0]!, offset: offset[0]! },
        value: 'f32(x) * uniforms.scale + uniforms.offset',
      });
    },
  }),
];
