import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Gpu, Uniform } from '../../kernel.ts';
import { linearIndexCode, linearWorkgroups } from '../../linear.ts';

/** One tensor's update: all of one shape. */
export interface Update {
  inputs: Readonly<Record<string, TensorInfo>>;
  outputs: Readonly<Record<string, TensorInfo>>;
  /** Numbers of this update alone. */
  numbers?: Readonly<Record<string, number>>;
}

/** Updates of one run at most: so many have their numbers in one slot of uniforms. */
const mostTogether = 16;
const threads = 64;

/** The `count` tensors of one role: parameter0, parameter1, .. */
export function numbered(inputs: Record<string, TensorInfo>, role: string, count: number): TensorInfo[] {
  return Array.from({ length: count }, (_, index) => inputs[`${role}${index}`]!);
}

/**
 * The same update of many tensors, as many in one run as a stage can bind the storage of.
 *
 * @param work `code`: WGSL that sets every output, a vec4f, by the names of inputs, outputs and numbers
 */
export function runUpdates(
  gpu: Gpu,
  updates: readonly Update[],
  { name, uniforms, code }: { name: string; uniforms: Readonly<Record<string, number>>; code: string },
): void {
  const first = updates[0];
  if (!first) return;
  const bindings = Object.keys(first.inputs).length + Object.keys(first.outputs).length;
  const together = Math.min(mostTogether, Math.floor(gpu.limits.maxStorageBuffersPerShaderStage / bindings));
  // Tensors of about one size go together, since a run lasts as long as its longest.
  const sorted = updates.toSorted((a, b) => lengthOf(b) - lengthOf(a)).filter((update) => lengthOf(update) > 0);
  for (let begin = 0; begin < sorted.length; begin += together) {
    runGroup(gpu, sorted.slice(begin, begin + together), { name, uniforms, code });
  }
}

const lengthOf = ({ outputs }: Update): number => sizeOf(Object.values(outputs)[0]!.shape);

function runGroup(
  gpu: Gpu,
  group: readonly Update[],
  { name, uniforms, code }: { name: string; uniforms: Readonly<Record<string, number>>; code: string },
): void {
  const { inputs, outputs, numbers = {} } = group[0]!;
  const storage = (role: 'inputs' | 'outputs'): Record<string, { tensor: TensorInfo; vectors: true }> =>
    Object.fromEntries(
      group.flatMap((update, member) =>
        Object.entries(update[role]).map(([key, tensor]) => [`${key}${member}`, { tensor, vectors: true as const }]),
      ),
    );
  const float = (value: number): Uniform => ({ type: 'f32', value });
  const own = group.flatMap((update, member): [string, Uniform][] => [
    [`quads${member}`, { type: 'u32', value: Math.ceil(lengthOf(update) / 4) }],
    ...Object.entries(update.numbers ?? {}).map(([key, value]): [string, Uniform] => [`${key}${member}`, float(value)]),
  ]);
  const [x, y] = linearWorkgroups(Math.ceil(lengthOf(group[0]!) / 4), threads);
  gpu.dispatch({
    name,
    inputs: storage('inputs'),
    outputs: storage('outputs'),
    uniforms: {
      ...Object.fromEntries(Object.entries(uniforms).map(([key, value]) => [key, float(value)])),
      ...Object.fromEntries(own),
    },
    workgroups: [x, y, group.length],
    code: () => {
      const members = group.map((_, member) => {
        const given = Object.keys(inputs).map((key) => `let ${key} = ${key}${member}[index];`);
        const scalars = Object.keys(numbers).map((key) => `let ${key} = uniforms.${key}${member};`);
        const made = Object.keys(outputs).map((key) => `${key}${member}[index] = ${key};`);
        return `
  if (id.z == ${member}u && index < uniforms.quads${member}) {
    ${[...given, ...scalars, ...Object.keys(outputs).map((key) => `var ${key} = vec4f();`)].join('\n    ')}
    ${code}
    ${made.join('\n    ')}
  }`;
      });
      return `${linearIndexCode}
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = linearIndex(id, groups, ${threads}u);${members.join('')}
}
`;
    },
  });
}
