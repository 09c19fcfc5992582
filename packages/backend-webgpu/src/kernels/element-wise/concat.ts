import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { isNumeric } from '../../element-types.ts';
import { defineKernel, namedKernel, type Gpu, type Kernel, type Uniform } from '../../kernel.ts';
import { linearIndexCode, linearWorkgroups } from '../../linear.ts';
import { threads } from './element-wise.ts';

const sameType = ({ inputs }: { inputs: Record<string, TensorInfo> }): boolean => {
  const [first, ...others] = Object.values(inputs);
  return isNumeric(first!.dtype) && others.every(({ dtype }) => dtype === first!.dtype);
};

/** Tensors of one run at most: so many have their numbers in one slot of uniforms. */
const mostTogether = 16;

/** Tensors, seen under `shapes`, one behind the other: as many in a run as a stage can bind the storage of. */
function joined(
  gpu: Gpu,
  tensors: readonly TensorInfo[],
  shapes: readonly (readonly number[])[],
  axis: number,
): TensorInfo {
  const y = gpu.output(
    backend_util.computeOutShape(
      shapes.map((shape) => [...shape]),
      axis,
    ),
    tensors[0]!.dtype,
  );
  // As matrices: the axes before `axis` are rows, in which each tensor has its part.
  const inner = sizeOf(y.shape.slice(axis + 1));
  let place = 0;
  const parts = tensors.map((tensor, index) => {
    const part = { tensor, length: shapes[index]![axis]! * inner, place };
    place += part.length;
    return part;
  });
  const filled = parts.filter(({ length }) => length > 0);
  const together = Math.min(mostTogether, gpu.limits.maxStorageBuffersPerShaderStage - 1);
  for (let begin = 0; begin < filled.length; begin += together) {
    joinParts(gpu, filled.slice(begin, begin + together), y, { rows: sizeOf(y.shape.slice(0, axis)), width: place });
  }
  return y;
}

interface Part {
  tensor: TensorInfo;
  /** Elements of a row, and the place of the first in a row of the result. */
  length: number;
  place: number;
}

function joinParts(
  gpu: Gpu,
  parts: readonly Part[],
  y: TensorInfo,
  { rows, width }: Record<'rows' | 'width', number>,
): void {
  const longest = Math.max(...parts.map(({ length }) => length)) * rows;
  if (longest === 0) return;
  const word = (value: number): Uniform => ({ type: 'u32', value });
  const [x, lines] = linearWorkgroups(longest, threads);
  gpu.dispatch({
    name: 'concat',
    inputs: Object.fromEntries(parts.map(({ tensor }, index) => [`x${index}`, tensor])),
    outputs: { y },
    uniforms: {
      rows: word(rows),
      width: word(width),
      ...Object.fromEntries(
        parts.flatMap(({ length, place }, index) => [
          [`length${index}`, word(length)],
          [`place${index}`, word(place)],
        ]),
      ),
    },
    workgroups: [x, lines, parts.length],
    code: () => `${linearIndexCode}
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = linearIndex(id, groups, ${threads}u);${parts.map((_, part) => partCode(part)).join('')}
}
`,
  });
}

const partCode = (part: number): string => `
  if (id.z == ${part}u && index < uniforms.rows * uniforms.length${part}) {
    let row = index / uniforms.length${part};
    y[row * uniforms.width + uniforms.place${part} + index % uniforms.length${part}] = x${part}[index];
  }`;

export const concatKernels: readonly Kernel[] = [
  defineKernel(ops.concat, {
    run({ inputs, attributes, gpu }) {
      const { axis, shapes } = attributes;
      return joined(
        gpu,
        shapes.map((_, index) => inputs[`x${index}`]!),
        shapes,
        axis,
      );
    },
  }),
  namedKernel<Record<string, TensorInfo>, { axis: number }>('Concat', {
    accepts: sameType,
    run({ inputs, attributes, gpu }) {
      const tensors = Object.values(inputs);
      const shapes = tensors.map(({ shape }) => [...shape]);
      const axis = util.parseAxisParam(attributes.axis, shapes[0]!)[0]!;
      backend_util.assertParamsConsistent(shapes, axis);
      return joined(gpu, tensors, shapes, axis);
    },
  }),
  namedKernel<Record<string, TensorInfo>, { axis: number }>('Pack', {
    accepts: sameType,
    run({ inputs, attributes, gpu }) {
      const tensors = Object.values(inputs);
      for (const { shape } of tensors) {
        util.assertShapesMatch(tensors[0]!.shape, shape, 'All tensors passed to stack must have matching shapes');
      }
      const given = attributes.axis;
      const axis = given < 0 ? given + tensors[0]!.shape.length + 1 : given;
      return joined(
        gpu,
        tensors,
        tensors.map(({ shape }) => shape.toSpliced(axis, 0, 1)),
        axis,
      );
    },
  }),
];
