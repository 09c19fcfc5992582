import type { Dispatch, Gpu } from '../../kernel.ts';
import { linearIndexCode, linearWorkgroups } from '../../linear.ts';

const threads = 64;

/** A dispatch with one thread for each of `count` places. */
export type EachPlace = Omit<Dispatch, 'code' | 'workgroups'> & {
  count: number;
  /** WGSL before the entry point. */
  declarations: () => string;
  /** WGSL that knows its `index`. */
  body: () => string;
};

/** Runs a body for each place of an output. */
export function forEachPlace(gpu: Gpu, { count, declarations, body, uniforms, ...dispatch }: EachPlace): void {
  if (count === 0) return;
  gpu.dispatch({
    ...dispatch,
    uniforms: { count: { type: 'u32', value: count }, ...uniforms },
    workgroups: linearWorkgroups(count, threads),
    code: () => `${declarations()}${linearIndexCode}
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = linearIndex(id, groups, ${threads}u);
  if (index >= uniforms.count) { return; }
  ${body()}
}
`,
  });
}
