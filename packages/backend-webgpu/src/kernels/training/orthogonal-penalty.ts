import { ops, type AttributesOf } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Gpu, type Kernel, type Uniform } from '../../kernel.ts';
import { linearIndexCode, linearWorkgroups } from '../../linear.ts';
import { elementWiseInto, threads } from '../element-wise/element-wise.ts';
import { reduce, reduceInto } from '../element-wise/reduce.ts';

/** The vectors of x as a matrix with the last axis as columns. */
interface Vectors {
  matrix: TensorInfo;
  /** Of vectors, and of numbers in one. */
  count: number;
  length: number;
  /** Length of each as a matrix that is repeated to that of the vectors. */
  norms: TensorInfo;
  /** The axis along which the numbers of a vector lie. */
  axis: 0 | 1;
  pairs: number;
}

function vectorsOf(gpu: Gpu, x: TensorInfo, { mode }: AttributesOf<typeof ops.orthogonalPenalty>): Vectors {
  const columns = x.shape.at(-1) ?? 1;
  const rows = sizeOf(x.shape) / columns;
  const matrix = { ...x, shape: [rows, columns] };
  const axis = mode === 'rows' ? 1 : 0;
  const [count, length] = mode === 'rows' ? [rows, columns] : [columns, rows];
  const norms = gpu.scratch(mode === 'rows' ? [rows, 1] : [1, columns]);
  reduceInto(gpu, norms, {
    name: 'orthogonalPenalty.norms',
    kind: 'sum',
    inputs: { x: matrix },
    axes: [axis],
    value: 'x * x',
    finish: 'max(sqrt(total), 1e-6)',
  });
  return { matrix, count, length, norms, axis, pairs: (count * (count - 1)) / 2 };
}

const word = (value: number): Uniform => ({ type: 'u32', value });

/** Number d of vector i lies at i * vectorStep + d * placeStep. */
const stepsOf = ({ axis, matrix }: Vectors): Record<string, Uniform> => ({
  vectorStep: word(axis === 1 ? matrix.shape[1]! : 1),
  placeStep: word(axis === 1 ? 1 : matrix.shape[1]!),
});

/** The cosines of the angles of all pairs, [count, count], 0 on the diagonal. */
function cosinesOf(gpu: Gpu, vectors: Vectors): TensorInfo {
  const { matrix: x, count, length, norms } = vectors;
  const cosines = gpu.scratch([count, count]);
  gpu.dispatch({
    name: 'orthogonalPenalty.cosines',
    inputs: { x, norms },
    outputs: { cosines },
    uniforms: { count: word(count), length: word(length), ...stepsOf(vectors) },
    workgroups: linearWorkgroups(count * count, threads),
    code: () => `${linearIndexCode}
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = linearIndex(id, groups, ${threads}u);
  if (index >= uniforms.count * uniforms.count) { return; }
  let i = index / uniforms.count;
  let j = index % uniforms.count;
  var sum = 0.0;
  for (var d = 0u; d < uniforms.length; d++) {
    sum += x[i * uniforms.vectorStep + d * uniforms.placeStep] * x[j * uniforms.vectorStep + d * uniforms.placeStep];
  }
  cosines[index] = select(sum / norms[i] / norms[j], 0.0, i == j);
}
`,
  });
  return cosines;
}

/** For each vector the sum of all others' directions, by the sign of the angle. */
function towardsOthers(gpu: Gpu, vectors: Vectors, scale: TensorInfo, factor: number): TensorInfo {
  const { matrix: x, count, length, norms } = vectors;
  const cosines = cosinesOf(gpu, vectors);
  const towards = gpu.scratch(x.shape);
  gpu.dispatch({
    name: 'orthogonalPenalty.towards',
    inputs: { x, norms, cosines, scale },
    outputs: { towards },
    uniforms: { count: word(count), length: word(length), factor: { type: 'f32', value: factor }, ...stepsOf(vectors) },
    workgroups: linearWorkgroups(count * length, threads),
    code: () => `${linearIndexCode}
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = linearIndex(id, groups, ${threads}u);
  if (index >= uniforms.count * uniforms.length) { return; }
  let i = index / uniforms.length;
  let d = index % uniforms.length;
  var sum = 0.0;
  for (var j = 0u; j < uniforms.count; j++) {
    sum += sign(cosines[i * uniforms.count + j]) * x[j * uniforms.vectorStep + d * uniforms.placeStep] / norms[j];
  }
  towards[i * uniforms.vectorStep + d * uniforms.placeStep] = sum * scale[0] * uniforms.factor;
}
`,
  });
  return towards;
}

export const orthogonalPenaltyKernels: readonly Kernel[] = [
  defineKernel(ops.orthogonalPenalty, {
    run({ inputs, attributes, gpu }) {
      const vectors = vectorsOf(gpu, inputs.x, attributes);
      return reduce(gpu, {
        name: 'orthogonalPenalty.sum',
        kind: 'sum',
        inputs: { cosines: cosinesOf(gpu, vectors) },
        axes: [0, 1],
        value: 'abs(cosines)',
        finish: 'total * uniforms.factor',
        uniforms: { factor: (0.5 * attributes.factor) / vectors.pairs },
      });
    },
  }),
  defineKernel(ops.orthogonalPenaltyGradient, {
    run({ inputs, attributes, gpu }) {
      const [dy, x] = [inputs.dy, inputs.x];
      const vectors = vectorsOf(gpu, x, attributes);
      const { matrix, norms, axis, pairs } = vectors;
      const towards = towardsOthers(gpu, vectors, dy, attributes.factor / pairs);
      const along = gpu.scratch(norms.shape);
      reduceInto(gpu, along, {
        name: 'orthogonalPenalty.along',
        kind: 'sum',
        inputs: { x: matrix, towards },
        axes: [axis],
        value: 'x * towards',
      });
      const dx = gpu.output(x.shape);
      // Only what is across a vector changes its direction.
      elementWiseInto(gpu, dx, {
        name: 'orthogonalPenaltyGradient',
        shape: matrix.shape,
        inputs: { x: matrix, towards, along, norms },
        value: '(towards - x / norms * (along / norms)) / norms',
      });
      return dx;
    },
  }),
];
