import { sizeOf } from '@striate/core';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Gpu, Uniform } from '../../kernel.ts';
import { linearWorkgroups } from '../../linear.ts';
import { mathCode } from './math.ts';
import { powerOf2 } from './rows.ts';

/** How two values become one, and what to begin with: WGSL. `own` is the first value, which may count twice. */
const kinds = {
  sum: { combined: 'a + b', begin: '0' },
  product: { combined: 'a * b', begin: '1' },
  maximum: { combined: 'larger(a, b)', begin: 'own' },
  minimum: { combined: 'smaller(a, b)', begin: 'own' },
} as const;

/** What is combined, over which axes. */
export interface Reduction {
  name: string;
  kind: keyof typeof kinds;
  /** Tensors of one shape and type. */
  inputs: Readonly<Record<string, TensorInfo>>;
  axes: readonly number[];
  keepDims?: boolean | undefined;
  /** Default: that of the inputs. */
  dtype?: DataType;
  /** WGSL: what is combined, out of elements by the names of the inputs. Default: the one input. */
  value?: string;
  /** WGSL: the result, out of the combined `total`. Default: `total`. */
  finish?: string;
  /** f32 numbers that `value` and `finish` read. */
  uniforms?: Readonly<Record<string, number>>;
}

/** Combines along axes: each run of neighbouring axes in one or two passes, the innermost first, in an order fixed by shapes. */
export function reduce(gpu: Gpu, { axes, keepDims, ...work }: Reduction): TensorInfo {
  const { shape, dtype } = Object.values(work.inputs)[0]!;
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const result = gpu.output(keepDims ? kept : shape.filter((_, axis) => !axes.includes(axis)), work.dtype ?? dtype);
  reduceInto(gpu, result, { axes, ...work });
  return result;
}

/** The same into a tensor that is there. */
export function reduceInto(gpu: Gpu, result: TensorInfo, { axes, ...work }: Reduction): void {
  const { shape, dtype } = Object.values(work.inputs)[0]!;
  const sizes = [...shape];
  const runs = joinRuns(axes, shape.length);
  let { inputs, value = Object.keys(inputs)[0]! } = work;
  for (const [index, { first, last }] of runs.entries()) {
    const plan = planOf(sizeOf(sizes.slice(0, first)), sizeOf(sizes.slice(first, last)), sizeOf(sizes.slice(last)));
    const isLast = index === runs.length - 1;
    const stages = plan.chunks > 1 ? [plan, planOf(plan.outer, plan.chunks, plan.inner, true)] : [plan];
    for (const [place, stage] of stages.entries()) {
      const ends = isLast && place === stages.length - 1;
      const y = ends ? result : gpu.scratch([stage.outer * stage.chunks * stage.inner], dtype);
      runStage(gpu, { ...work, inputs, value, finish: ends ? (work.finish ?? 'total') : 'total' }, y, stage);
      inputs = { x: y };
      value = 'x';
    }
    sizes.fill(1, first, last);
  }
}

/** A tensor as [outer, size, inner], of which `size` is combined in `chunks`: 'outputs' at a time by 'rows' threads each. */
interface Plan extends Record<'outer' | 'size' | 'inner' | 'chunks' | 'chunkSize' | 'rows' | 'outputs', number> {}

const threads = 256;

function planOf(outer: number, size: number, inner: number, whole = false): Plan {
  const columns = Math.min(64, powerOf2(inner));
  const rows = Math.min(threads / columns, powerOf2(size));
  const outputs = Math.max(columns, Math.min(threads / rows, powerOf2(outer * inner)));
  const blocks = Math.ceil((outer * inner) / outputs);
  // Few results of many numbers each: parts of them side by side.
  const wanted = whole ? 1 : Math.min(Math.ceil(size / (rows * 8)), Math.ceil(256 / Math.max(1, blocks)));
  const chunkSize = Math.max(1, Math.ceil(size / Math.max(1, wanted)));
  return { outer, size, inner, chunkSize, chunks: Math.max(1, Math.ceil(size / chunkSize)), rows, outputs };
}

function runStage(gpu: Gpu, work: Omit<Reduction, 'axes'>, y: TensorInfo, plan: Plan): void {
  const { name, kind, inputs, value, finish, uniforms = {} } = work;
  const results = plan.outer * plan.inner;
  if (results === 0) return;
  const isFloat = Object.values(inputs)[0]!.dtype === 'float32';
  const word = (number: number): Uniform => ({ type: 'u32', value: number });
  const floats = Object.entries(uniforms).map(([key, number]): [string, Uniform] => [
    key,
    { type: 'f32', value: number },
  ]);
  gpu.dispatch({
    name: `${name}.${value === 'x' ? '' : 'first'}${finish === 'total' ? '' : 'last'}`,
    constants: { ROWS: plan.rows, OUTPUTS: plan.outputs },
    inputs,
    outputs: { result: y },
    uniforms: {
      results: word(results),
      size: word(plan.size),
      inner: word(plan.inner),
      chunks: word(plan.chunks),
      chunkSize: word(plan.chunkSize),
      ...Object.fromEntries(floats),
    },
    workgroups: linearWorkgroups(Math.ceil(results / plan.outputs) * plan.chunks, 1),
    code: () => reduceCode({ kind, isFloat, names: Object.keys(inputs), value: value!, finish: finish! }),
  });
}

interface Code {
  kind: keyof typeof kinds;
  isFloat: boolean;
  names: readonly string[];
  value: string;
  finish: string;
}

function reduceCode({ kind, isFloat, names, value, finish }: Code): string {
  const word = isFloat ? 'f32' : 'i32';
  const { combined, begin } = kinds[kind];
  const valueAt = (at: string): string => `valueOf(${names.map((name) => `${name}[${at}]`).join(', ')})`;
  const ofIntegers = combined.replace('larger', 'max').replace('smaller', 'min');
  return `${mathCode}
var<workgroup> partials: array<${word}, ROWS * OUTPUTS>;

fn combine(a: ${word}, b: ${word}) -> ${word} { return ${isFloat ? combined : ofIntegers}; }
fn valueOf(${names.map((name) => `${name}: ${word}`).join(', ')}) -> ${word} { return ${value}; }

@compute @workgroup_size(ROWS * OUTPUTS)
fn main(
  @builtin(workgroup_id) groupId: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = groupId.x + groupId.y * groups.x;
  let chunk = group % uniforms.chunks;
  let place = group / uniforms.chunks * u32(OUTPUTS) + lane % u32(OUTPUTS);
  let row = lane / u32(OUTPUTS);
  let outer = place / uniforms.inner;
  let column = place % uniforms.inner;
  var total = ${word}(0);
  if (place < uniforms.results) {
    let own = ${valueAt('(outer * uniforms.size + chunk * uniforms.chunkSize) * uniforms.inner + column')};
    total = ${word}(${begin});
    let end = min(uniforms.size, (chunk + 1u) * uniforms.chunkSize);
    for (var k = chunk * uniforms.chunkSize + row; k < end; k += u32(ROWS)) {
      let at = (outer * uniforms.size + k) * uniforms.inner + column;
      total = combine(total, ${valueAt('at')});
    }
  }
  partials[lane] = total;
  workgroupBarrier();
  for (var step = u32(ROWS) / 2u; step > 0u; step = step / 2u) {
    if (row < step) { partials[lane] = combine(partials[lane], partials[lane + step * u32(OUTPUTS)]); }
    workgroupBarrier();
  }
  if (row == 0u && place < uniforms.results) {
    total = partials[lane];
    result[(outer * uniforms.chunks + chunk) * uniforms.inner + column] = ${finish};
  }
}
`;
}

/** Runs of neighbouring axes, the innermost first; one of no length if there are no axes. */
function joinRuns(axes: readonly number[], rank: number): { first: number; last: number }[] {
  const runs: { first: number; last: number }[] = [];
  for (const axis of axes.toSorted((a, b) => b - a)) {
    const run = runs.at(-1);
    if (run?.first === axis + 1) run.first = axis;
    else runs.push({ first: axis, last: axis + 1 });
  }
  return runs.length > 0 ? runs : [{ first: rank, last: rank }];
}
