import { joinAxes } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Gpu, Uniform } from '../../kernel.ts';
import { linearIndexCode, linearWorkgroups } from '../../linear.ts';
import { threads } from './element-wise.ts';

/** A place to start and the elements to go along each axis. */
export interface Strided {
  tensor: TensorInfo;
  start?: number;
  strides: readonly number[];
}

/** Copies a box of elements; target strides of 0 are not allowed. */
export function copy(
  gpu: Gpu,
  { shape, source, target }: { shape: readonly number[]; source: Strided; target: Strided },
): void {
  const length = sizeOf(shape);
  if (length === 0) return;
  const walk = joinAxes(shape, [source.strides, target.strides]);
  const rank = walk.shape.length;
  const word = (value: number): Uniform => ({ type: 'i32', value });
  const axes = walk.shape.flatMap((size, axis): [string, Uniform][] => [
    [`size${axis}`, word(size)],
    [`readStep${axis}`, word(walk.strides[0]![axis]!)],
    [`writeStep${axis}`, word(walk.strides[1]![axis]!)],
  ]);
  gpu.dispatch({
    name: 'copy',
    constants: { RANK: rank },
    inputs: { x: source.tensor },
    outputs: { y: target.tensor },
    uniforms: {
      length: { type: 'u32', value: length },
      readStart: word(source.start ?? 0),
      writeStart: word(target.start ?? 0),
      ...Object.fromEntries(axes),
    },
    workgroups: linearWorkgroups(length, threads),
    code: () => `${linearIndexCode}
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = linearIndex(id, groups, ${threads}u);
  if (index >= uniforms.length) { return; }
  var rest = i32(index);
  var readAt = uniforms.readStart;
  var writeAt = uniforms.writeStart;
  ${Array.from({ length: rank }, (_, axis) => stepCode(rank - 1 - axis)).join('\n  ')}
  y[writeAt] = x[readAt];
}
`,
  });
}

const stepCode = (axis: number): string =>
  `{ let place = rest % uniforms.size${axis}; rest = rest / uniforms.size${axis}; ` +
  `readAt += place * uniforms.readStep${axis}; writeAt += place * uniforms.writeStep${axis}; }`;
