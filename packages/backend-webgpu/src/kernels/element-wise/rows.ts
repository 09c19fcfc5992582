import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Dispatch, Gpu, Uniform } from '../../kernel.ts';
import { linearWorkgroups } from '../../linear.ts';
import { mathCode } from './math.ts';

/** The smallest power of 2 that is not below `count`. */
export function powerOf2(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, count)));
}

/** Work on rows of K numbers, one workgroup a row. */
export interface RowWork extends Pick<Dispatch, 'name' | 'inputs' | 'outputs'> {
  rows: number;
  /** Numbers in a row, `uniforms.classes`. */
  classes: number;
  uniforms?: Record<string, Uniform>;
  /**
   * WGSL of one row, run by WIDTH threads: `row`, `lane` (of this thread), `start` (place of the row's first number).
   * `sumOfRow(value, lane)`, `largestOfRow(value, lane)` and `smallestOfRow(value, lane)` combine all threads' values.
   */
  body: string;
}

export function runRows(gpu: Gpu, { name, rows, classes, inputs = {}, outputs, uniforms = {}, body }: RowWork): void {
  if (rows * classes === 0) return;
  gpu.dispatch({
    name,
    constants: { WIDTH: Math.min(256, powerOf2(classes)) },
    inputs,
    outputs,
    uniforms: { rows: { type: 'u32', value: rows }, classes: { type: 'u32', value: classes }, ...uniforms },
    workgroups: linearWorkgroups(rows, 1),
    code: () => `${mathCode}${rowCode}
@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.x + group.y * groups.x;
  if (row >= uniforms.rows) { return; }
  let start = row * uniforms.classes;
${body}
}
`,
  });
}

/** How many rows a tensor has along its last axis, and how long they are. */
export function rowsOf({ shape }: TensorInfo): { rows: number; classes: number } {
  const classes = shape.at(-1) ?? 1;
  return { classes, rows: classes === 0 ? 0 : sizeOf(shape) / classes };
}

const combine = (name: string, combined: string): string => `
fn ${name}(value: f32, lane: u32) -> f32 {
  partials[lane] = value;
  workgroupBarrier();
  for (var step = u32(WIDTH) / 2u; step > 0u; step = step / 2u) {
    if (lane < step) {
      let a = partials[lane];
      let b = partials[lane + step];
      partials[lane] = ${combined};
    }
    workgroupBarrier();
  }
  let result = partials[0];
  workgroupBarrier();
  return result;
}
`;

const rowCode = `
var<workgroup> partials: array<f32, WIDTH>;
${combine('sumOfRow', 'a + b')}${combine('largestOfRow', 'max(a, b)')}${combine('smallestOfRow', 'min(a, b)')}
// exp(difference) of a number x to the row's largest; NaN if x is NaN or positive infinity, whatever a compiler may assume.
fn powerInRow(x: f32, largest: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let poisoned = isNan(x) || bits == 0x7f800000u;
  return select(exp(max(x - largest, -104.0)), bitcast<f32>(bits | 0x7fc00000u), poisoned);
}
`;
