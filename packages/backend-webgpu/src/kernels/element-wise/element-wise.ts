import { broadcastStrides, joinAxes } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Gpu, Uniform } from '../../kernel.ts';
import { linearIndexCode, linearWorkgroups } from '../../linear.ts';
import { mathCode } from './math.ts';

/** y[i] = value(a[i], b[i], ..): one function of the elements of some tensors. */
export interface ElementWise {
  name: string;
  /** Shape of the result; inputs are repeated along axes where they have 1 place. */
  shape: readonly number[];
  /** Default float32. */
  dtype?: DataType;
  inputs: Readonly<Record<string, TensorInfo>>;
  /** f32 numbers. */
  uniforms?: Readonly<Record<string, number>>;
  /** u32 numbers. */
  words?: Readonly<Record<string, number>>;
  /** WGSL: more functions that `value` calls, beside those of math.ts. */
  functions?: string;
  /** WGSL: the value, from elements by the names of the inputs. */
  value: string;
}

/** Threads of a workgroup of element-wise work. */
export const threads = 64;
const wordOf = (dtype: DataType): string => (dtype === 'float32' ? 'f32' : 'i32');

/** Runs a function over all elements. */
export function elementWise(gpu: Gpu, work: ElementWise): TensorInfo {
  const { shape, dtype = 'float32' } = work;
  const y = gpu.output(shape, dtype);
  elementWiseInto(gpu, y, work);
  return y;
}

/** The same into a tensor that is there, such as working memory. */
export function elementWiseInto(gpu: Gpu, y: TensorInfo, work: ElementWise): void {
  const size = sizeOf(work.shape);
  if (size === 0) return;
  const sizes = Object.values(work.inputs).map((input) => sizeOf(input.shape));
  if (sizes.every((length) => length === size || length === 1)) runVectors(gpu, y, work, size);
  else runStrided(gpu, y, work, size);
}

function functionCode({ inputs, functions = '', value }: ElementWise, y: TensorInfo): string {
  const parameters = Object.entries(inputs).map(([name, { dtype }]) => `${name}: ${wordOf(dtype)}`);
  return `${mathCode}${functions}
fn valueOf(${parameters.join(', ')}) -> ${wordOf(y.dtype)} {
  return ${value};
}
`;
}

function uniformsOf({ uniforms = {}, words = {} }: ElementWise): Record<string, Uniform> {
  const typed = (type: Uniform['type'], numbers: Readonly<Record<string, number>>): [string, Uniform][] =>
    Object.entries(numbers).map(([name, value]) => [name, { type, value }]);
  return Object.fromEntries([...typed('f32', uniforms), ...typed('u32', words)]);
}

/** Four elements a thread; tensors of one element are the same for all. */
function runVectors(gpu: Gpu, y: TensorInfo, work: ElementWise, size: number): void {
  const names = Object.keys(work.inputs);
  const isSingle = (name: string): boolean => size > 1 && sizeOf(work.inputs[name]!.shape) === 1;
  const singles = names.filter(isSingle);
  const quads = Math.ceil(size / 4);
  gpu.dispatch({
    name: singles.length === 0 ? work.name : `${work.name}.by.${singles.join('.')}`,
    inputs: Object.fromEntries(
      Object.entries(work.inputs).map(([name, tensor]) => [name, isSingle(name) ? tensor : { tensor, vectors: true }]),
    ),
    outputs: { result: { tensor: y, vectors: true } },
    uniforms: { quads: { type: 'u32', value: quads }, ...uniformsOf(work) },
    workgroups: linearWorkgroups(quads, threads),
    code: () => {
      const lanes = ['x', 'y', 'z', 'w'].map((lane) => {
        const elements = names.map((name) => (isSingle(name) ? `${name}[0]` : `${name}[quad].${lane}`));
        return `valueOf(${elements.join(', ')})`;
      });
      return `${functionCode(work, y)}${linearIndexCode}
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let quad = linearIndex(id, groups, ${threads}u);
  if (quad >= uniforms.quads) { return; }
  result[quad] = vec4<${wordOf(y.dtype)}>(${lanes.join(', ')});
}
`;
    },
  });
}

/** One element a thread, its places in the inputs counted by strides. */
function runStrided(gpu: Gpu, y: TensorInfo, work: ElementWise, size: number): void {
  const names = Object.keys(work.inputs);
  const walk = joinAxes(
    work.shape,
    names.map((name) => broadcastStrides(work.inputs[name]!.shape, work.shape)),
  );
  const word = (value: number): Uniform => ({ type: 'u32', value });
  const sizes = walk.shape.map((length, axis) => [`size${axis}`, word(length)] as const);
  const strides = names.flatMap((name, tensor) =>
    walk.strides[tensor]!.map((stride, axis) => [`${name}Stride${axis}`, word(stride)] as const),
  );
  gpu.dispatch({
    name: `${work.name}.broadcast`,
    constants: { RANK: walk.shape.length },
    inputs: work.inputs,
    outputs: { result: y },
    uniforms: { length: word(size), ...Object.fromEntries([...sizes, ...strides]), ...uniformsOf(work) },
    workgroups: linearWorkgroups(size, threads),
    code: () => `${functionCode(work, y)}${linearIndexCode}
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = linearIndex(id, groups, ${threads}u);
  if (index >= uniforms.length) { return; }
  var rest = index;
  ${names.map((name) => `var ${name}At = 0u;`).join('\n  ')}
  ${walk.shape.map((_, axis) => stepCode(names, walk.shape.length - 1 - axis)).join('\n  ')}
  result[index] = valueOf(${names.map((name) => `${name}[${name}At]`).join(', ')});
}
`,
  });
}

function stepCode(names: readonly string[], axis: number): string {
  const moves = names.map((name) => `${name}At += place * uniforms.${name}Stride${axis};`);
  return `{ let place = rest % uniforms.size${axis}; rest = rest / uniforms.size${axis}; ${moves.join(' ')} }`;
}
