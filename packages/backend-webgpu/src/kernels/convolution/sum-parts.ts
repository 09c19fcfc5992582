import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Dispatch, Gpu } from '../../kernel.ts';
import { linearWorkgroups } from '../../linear.ts';
import { bound, type Store } from './store.ts';

export interface Parts {
  name: string;
  constants: NonNullable<Dispatch['constants']>;
  /** [parts, batches, rows, columns] */
  parts: TensorInfo;
  store: Store;
}

/** Adds parts in a fixed order, and stores the sums. */
export function sumParts(gpu: Gpu, { name, constants, parts, store }: Parts): void {
  const [count, batches, rows, columns] = parts.shape as [number, number, number, number];
  const { width } = store;
  const total = (batches * rows * columns) / width;
  // Invocations that share a sum; the others of a workgroup have sums of their own.
  const slices = count >= 32 ? 8 : 1;
  const lanes = 256 / slices;
  gpu.dispatch({
    name: `${name}.sum`,
    constants: { ...constants, VECTOR: width, SLICES: slices, LANES: lanes },
    inputs: { ...store.inputs, parts: bound(parts, width) },
    outputs: store.outputs,
    uniforms: {
      total: { type: 'u32', value: total },
      parts: { type: 'u32', value: count },
      rows: { type: 'u32', value: rows },
      columns: { type: 'u32', value: columns },
    },
    code: () => `
      alias Value = ${width === 4 ? 'vec4f' : 'f32'};
      var<workgroup> sums: array<Value, 256>;
      ${store.code}
      @compute @workgroup_size(256)
      fn main(
        @builtin(workgroup_id) group: vec3u,
        @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32,
      ) {
        let index = (group.y * groups.x + group.x) * LANES + thread % LANES;
        var sum = Value(0);
        if (index < uniforms.total) {
          for (var part = thread / LANES; part < uniforms.parts; part += SLICES) {
            sum += parts[part * uniforms.total + index];
          }
        }
        sums[thread] = sum;
        workgroupBarrier();
        if (thread >= LANES || index >= uniforms.total) { return; }
        for (var slice = 1u; slice < SLICES; slice++) { sum += sums[slice * LANES + thread]; }
        let element = index * VECTOR;
        let row = element / uniforms.columns;
        store(row / uniforms.rows, row % uniforms.rows, element % uniforms.columns, sum);
      }`,
    workgroups: linearWorkgroups(total, lanes),
  });
}
