import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Gpu, type Kernel } from '../../kernel.ts';
import { elementWise, elementWiseInto } from '../element-wise/element-wise.ts';
import { reduce, reduceInto } from '../element-wise/reduce.ts';

/** Shaders may take it that there is no infinity. */
const largest = 3.4028234663852886e38;

const limitNorm: Kernel = defineKernel(ops.limitNorm, {
  run({ inputs, attributes, gpu }) {
    const x = inputs.x;
    const { axes, minimum, maximum, rate } = attributes;
    const factors = gpu.scratch(x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)));
    const clamped = 'clamp(sqrt(total), uniforms.least, uniforms.most)';
    // All the way, the norm itself is not in it: 0 times an infinite one would be NaN.
    const wanted = rate === 1 ? clamped : `(uniforms.rate * ${clamped} + (1.0 - uniforms.rate) * sqrt(total))`;
    reduceInto(gpu, factors, {
      name: `limitNorm.factors ${rate === 1}`,
      kind: 'sum',
      inputs: { x },
      axes,
      value: 'x * x',
      finish: `${wanted} / (sqrt(total) + 1e-7)`,
      uniforms: { least: minimum, most: Math.min(maximum, largest), rate },
    });
    return elementWise(gpu, { name: 'limitNorm', shape: x.shape, inputs: { x, factors }, value: 'x * factors' });
  },
});

const allButLast = ({ shape }: TensorInfo): number[] => shape.slice(0, -1).map((_, axis) => axis);

/** Length of each filter, [F]; no shorter than 1e-12. */
function lengthsOf(gpu: Gpu, v: TensorInfo): TensorInfo {
  const lengths = gpu.scratch([v.shape.at(-1)!]);
  reduceInto(gpu, lengths, {
    name: 'weightNorm.lengths',
    kind: 'sum',
    inputs: { v },
    axes: allButLast(v),
    value: 'v * v',
    finish: 'larger(sqrt(total), 1e-12)',
  });
  return lengths;
}

const weightNorm: Kernel = defineKernel(ops.weightNorm, {
  run({ inputs, gpu }) {
    const [v, g] = [inputs.v, inputs.g];
    const lengths = lengthsOf(gpu, v);
    return elementWise(gpu, {
      name: 'weightNorm',
      shape: v.shape,
      inputs: { v, g, lengths },
      value: 'v * (g / lengths)',
    });
  },
});

const weightNormGradient: Kernel = defineKernel(ops.weightNormGradient, {
  run({ inputs, gpu }) {
    const [dw, v, g] = [inputs.dw, inputs.v, inputs.g];
    const lengths = lengthsOf(gpu, v);
    const products = gpu.scratch(g.shape);
    reduceInto(gpu, products, {
      name: 'weightNorm.products',
      kind: 'sum',
      inputs: { dw, v },
      axes: allButLast(v),
      value: 'dw * v',
    });
    const dg = elementWise(gpu, {
      name: 'weightNorm.dg',
      shape: g.shape,
      inputs: { products, lengths },
      value: 'products / lengths',
    });
    const dv = elementWise(gpu, {
      name: 'weightNorm.dv',
      shape: v.shape,
      inputs: { dw, v, g, lengths, dg },
      value: '(dw - v / lengths * dg) * (g / lengths)',
    });
    return [dv, dg];
  },
});

/** A vector times a matrix [rows, columns]: along its columns (axis 1) or its rows. */
function times(gpu: Gpu, matrix: TensorInfo, vector: TensorInfo, axis: 0 | 1): TensorInfo {
  const shape = matrix.shape;
  const products = gpu.scratch(shape);
  elementWiseInto(gpu, products, {
    name: 'spectralNorm.products',
    shape,
    inputs: { matrix, vector: { ...vector, shape: axis === 1 ? [1, shape[1]!] : [shape[0]!, 1] } },
    value: 'matrix * vector',
  });
  const sums = gpu.scratch([shape[1 - axis]!]);
  reduceInto(gpu, sums, { name: 'spectralNorm.sums', kind: 'sum', inputs: { x: products }, axes: [axis] });
  return sums;
}

/** The vector brought to length 1 (almost: epsilon is added to its length). */
function unitOf(gpu: Gpu, x: TensorInfo, epsilon: number): TensorInfo {
  const factor = gpu.scratch([]);
  reduceInto(gpu, factor, {
    name: 'spectralNorm.factor',
    kind: 'sum',
    inputs: { x },
    axes: [0],
    value: 'x * x',
    finish: '1.0 / (sqrt(total) + uniforms.epsilon)',
    uniforms: { epsilon },
  });
  const y = gpu.scratch(x.shape);
  elementWiseInto(gpu, y, { name: 'spectralNorm.unit', shape: x.shape, inputs: { x, factor }, value: 'x * factor' });
  return y;
}

const matrixOf = (kernel: TensorInfo): TensorInfo => {
  const columns = kernel.shape.at(-1)!;
  return { ...kernel, shape: [sizeOf(kernel.shape) / columns, columns] };
};

const copied = (gpu: Gpu, x: TensorInfo): TensorInfo =>
  elementWise(gpu, { name: 'copyAll', shape: x.shape, inputs: { x }, value: 'x' });

const spectralNorm: Kernel = defineKernel(ops.spectralNorm, {
  run({ inputs, attributes, gpu }) {
    const kernel = inputs.kernel;
    const { iterations, epsilon } = attributes;
    const matrix = matrixOf(kernel);
    let [u, v] = [inputs.u, inputs.v];
    for (let step = 0; step < iterations; step++) {
      v = unitOf(gpu, times(gpu, matrix, u, 1), epsilon);
      u = unitOf(gpu, times(gpu, matrix, v, 0), epsilon);
    }
    const sigma = reduce(gpu, {
      name: 'spectralNorm.sigma',
      kind: 'sum',
      inputs: { v, w: times(gpu, matrix, u, 1) },
      axes: [0],
      value: 'v * w',
    });
    const w = elementWise(gpu, {
      name: 'spectralNorm',
      shape: kernel.shape,
      inputs: { kernel, sigma },
      value: 'kernel / sigma',
    });
    return [w, copied(gpu, u), copied(gpu, v), sigma];
  },
});

const spectralNormGradient: Kernel = defineKernel(ops.spectralNormGradient, {
  run({ inputs: { dw, w, u, v, sigma }, gpu }) {
    const inner = gpu.scratch([]);
    reduceInto(gpu, inner, {
      name: 'spectralNorm.inner',
      kind: 'sum',
      inputs: { dw: dw, w: w },
      axes: dw.shape.map((_, axis) => axis),
      value: 'dw * w',
    });
    const matrix = matrixOf(dw);
    const dKernel = gpu.output(dw.shape);
    elementWiseInto(gpu, dKernel, {
      name: 'spectralNormGradient',
      shape: matrix.shape,
      inputs: {
        dw: matrix,
        u: { ...u, shape: [1, matrix.shape[1]!] },
        v: { ...v, shape: [matrix.shape[0]!, 1] },
        inner,
        sigma: sigma,
      },
      value: '(dw - u * v * inner) / sigma',
    });
    return dKernel;
  },
});

export const normKernels: readonly Kernel[] = [
  limitNorm,
  weightNorm,
  weightNormGradient,
  spectralNorm,
  spectralNormGradient,
];
