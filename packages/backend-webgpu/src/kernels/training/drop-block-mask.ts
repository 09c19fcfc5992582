import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Gpu, type Kernel, type Uniform } from '../../kernel.ts';
import { linearIndexCode, linearWorkgroups } from '../../linear.ts';
import { elementWise, threads } from '../element-wise/element-wise.ts';
import { reduceInto } from '../element-wise/reduce.ts';
import { drawInto } from './random.ts';

export const dropBlockMaskKernel: Kernel = defineKernel(ops.dropBlockMask, {
  run({ attributes, gpu }) {
    const { shape, rate, blockSize, ...source } = attributes;
    const [samples, height, width, channels] = shape as [number, number, number, number];
    const [rows, columns] = [height - blockSize + 1, width - blockSize + 1];
    const gamma = (rate / blockSize ** 2) * ((height * width) / (rows * columns));
    const corners = gpu.scratch([samples, rows, columns, channels]);
    drawInto(gpu, corners, source, {
      name: 'dropBlock.corners',
      uniforms: { threshold: { type: 'u32', value: Math.floor(gamma * 2 ** 32) } },
      value: 'select(1.0, 0.0, words[e] >= uniforms.threshold)',
    });
    const kept = gpu.scratch(shape);
    markKept(gpu, corners, kept, blockSize);
    const factors = gpu.scratch([samples, 1, 1, 1]);
    reduceInto(gpu, factors, {
      name: 'dropBlock.factors',
      kind: 'sum',
      inputs: { x: kept },
      axes: [1, 2, 3],
      finish: 'uniforms.size1 / max(total, 1.0)',
      uniforms: { size1: sizeOf([height, width, channels]) },
    });
    return elementWise(gpu, { name: 'dropBlock.mask', shape, inputs: { kept, factors }, value: 'kept * factors' });
  },
});

/** 1 where no block covers a place, 0 elsewhere. */
function markKept(gpu: Gpu, corners: TensorInfo, kept: TensorInfo, blockSize: number): void {
  const [, rows, columns] = corners.shape as [number, number, number, number];
  const [, height, width, channels] = kept.shape as [number, number, number, number];
  const length = sizeOf(kept.shape);
  const word = (value: number): Uniform => ({ type: 'u32', value });
  gpu.dispatch({
    name: 'dropBlock.kept',
    inputs: { corners },
    outputs: { kept },
    uniforms: {
      length: word(length),
      height: word(height),
      width: word(width),
      channels: word(channels),
      rows: word(rows),
      columns: word(columns),
      reach: word(blockSize - 1),
    },
    workgroups: linearWorkgroups(length, threads),
    code: () => `${linearIndexCode}
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = linearIndex(id, groups, ${threads}u);
  if (index >= uniforms.length) { return; }
  let channel = index % uniforms.channels;
  let pixel = index / uniforms.channels;
  let column = pixel % uniforms.width;
  let row = pixel / uniforms.width % uniforms.height;
  let sample = pixel / uniforms.width / uniforms.height;
  var dropped = 0.0;
  for (var i = max(row, uniforms.reach) - uniforms.reach; i <= min(row, uniforms.rows - 1u); i++) {
    for (var j = max(column, uniforms.reach) - uniforms.reach; j <= min(column, uniforms.columns - 1u); j++) {
      dropped = max(dropped, corners[((sample * uniforms.rows + i) * uniforms.columns + j) * uniforms.channels + channel]);
    }
  }
  kept[index] = 1.0 - dropped;
}
`,
  });
}
