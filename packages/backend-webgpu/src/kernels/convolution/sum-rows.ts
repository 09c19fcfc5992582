import type { Binding, Dispatch, Gpu } from '../../kernel.ts';
import { linearWorkgroups } from '../../linear.ts';
import { bound, type Store } from './store.ts';
import { sumParts } from './sum-parts.ts';

export interface RowSums {
  /** Names the programs; `constants` must tell apart all code under one name. */
  name: string;
  constants: NonNullable<Dispatch['constants']>;
  inputs: Record<string, Binding>;
  rows: number;
  columns: number;
  batches: number;
  /** Sums of each column; they are stored as rows. */
  count: number;
  /** WGSL that adds to the `Value`s sum0, sum1, ..., given `z`, `row` and `column`. */
  add: string;
  store: Store;
}

/** Fewest rows that are worth an invocation. */
const smallestRun = 16;
const enoughWorkgroups = 512;

const ceilToPower = (size: number): number => 2 ** Math.ceil(Math.log2(size));

/** Several sums over all rows at once: invocations side by side take columns, the others of a workgroup take rows. */
export function sumRows(
  gpu: Gpu,
  { name, constants, inputs, rows, columns, batches, count, add, store }: RowSums,
): void {
  const { width } = store;
  const lanes = Math.min(64, Math.max(4, ceilToPower(columns / width)));
  const slices = 256 / lanes;
  const blocks = Math.ceil(columns / width / lanes);
  const most = Math.min(Math.ceil(enoughWorkgroups / (blocks * batches)), Math.floor(rows / (slices * smallestRun)));
  const chunk = Math.max(1, Math.ceil(rows / Math.max(1, most)));
  const splits = Math.max(1, Math.ceil(rows / chunk));
  const parts = splits > 1 ? gpu.scratch([splits, batches, count, columns]) : undefined;
  const counters = Array.from({ length: count }, (_, index) => index);
  gpu.dispatch({
    name: parts ? `${name}.parts` : name,
    constants: { ...constants, VECTOR: width, LANES: lanes, SLICES: slices, COUNT: count },
    inputs: { ...inputs, ...(!parts && store.inputs) },
    outputs: parts ? { parts: bound(parts, width) } : store.outputs,
    uniforms: {
      rows: { type: 'u32', value: rows },
      columns: { type: 'u32', value: columns },
      batches: { type: 'u32', value: batches },
      blocks: { type: 'u32', value: blocks },
      chunk: { type: 'u32', value: chunk },
      groups: { type: 'u32', value: blocks * batches * splits },
    },
    code: () => `
      alias Value = ${width === 4 ? 'vec4f' : 'f32'};
      var<workgroup> sums: array<Value, 256>;
      ${parts ? '' : store.code}
      @compute @workgroup_size(256)
      fn main(
        @builtin(workgroup_id) group: vec3u,
        @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32,
      ) {
        let index = group.y * groups.x + group.x;
        if (index >= uniforms.groups) { return; }
        let column = (index % uniforms.blocks * LANES + thread % LANES) * VECTOR;
        let z = index / uniforms.blocks % uniforms.batches;
        let split = index / uniforms.blocks / uniforms.batches;
        ${counters.map((i) => `var sum${i} = Value(0);`).join('\n')}
        if (column < uniforms.columns) {
          let end = min((split + 1) * uniforms.chunk, uniforms.rows);
          for (var row = split * uniforms.chunk + thread / LANES; row < end; row += SLICES) {
            ${add}
          }
        }
        ${counters
          .map(
            (i) => `
              sums[thread] = sum${i};
              workgroupBarrier();
              if (thread < LANES && column < uniforms.columns) {
                var sum = sum${i};
                for (var slice = 1u; slice < SLICES; slice++) { sum += sums[slice * LANES + thread]; }
                ${
                  parts
                    ? `parts[(((split * uniforms.batches + z) * COUNT + ${i}) * uniforms.columns + column) / VECTOR] = sum;`
                    : `store(z, ${i}, column, sum);`
                }
              }
              workgroupBarrier();`,
          )
          .join('\n')}
      }`,
    workgroups: linearWorkgroups(blocks * batches * splits, 1),
  });
  if (parts) sumParts(gpu, { name, constants, parts, store });
}
