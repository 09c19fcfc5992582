import { add, div, matMul, mul, reshape, sqrt, square, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';

export type SpectralNormAttributes = {
  /** Steps of the power iteration; 0 takes u and v as they are. */
  iterations: number;
  /** Added to the lengths of u and v. */
  epsilon: number;
};

type Inputs = { kernel: Tensor; u: Tensor; v: Tensor };

export const spectralNormOp: Op<Inputs, SpectralNormAttributes> = defineOp({
  name: 'striate.SpectralNorm',
  shapes({ kernel, u, v }) {
    const columns = kernel.shape.at(-1)!;
    const rows = kernel.size / columns;
    if (u.shape.join() === `${columns}` && v.shape.join() === `${rows}`) return [kernel.shape, u.shape, v.shape, []];
    throw new ShapeError(
      `spectralNorm: u is [${u.shape.join(', ')}] and v [${v.shape.join(', ')}], but the kernel [${kernel.shape.join(', ')}] is a matrix of ${rows} rows and ${columns} columns.`,
    );
  },
  reference({ kernel, u: givenU, v: givenV }, { iterations, epsilon }) {
    const matrix = matrixOf(kernel);
    let u = reshape(givenU, [-1, 1]);
    let v = reshape(givenV, [-1, 1]);
    for (let step = 0; step < iterations; step++) {
      v = unit(matMul(matrix, u), epsilon);
      u = unit(matMul(matrix, v, true), epsilon);
    }
    const sigma = sum(mul(v, matMul(matrix, u)));
    return [div(kernel, sigma), reshape(u, givenU.shape), reshape(v, givenV.shape), sigma];
  },
  gradient: {
    saves: [],
    savesOutputs: true,
    of: ({ dys: [dw], outputs: [w, u, v, sigma] }) => ({
      kernel: () => only(spectralNormGradientOp({ dw: dw!, w: w!, u: u!, v: v!, sigma: sigma! }, {})),
    }),
  },
});

/**
 * A kernel divided by its largest singular value sigma, which a power iteration finds:
 *
 *   v = W u / |W u|,   u = W^T v / |W^T v|   (`iterations` times),   sigma = v^T W u,   w = kernel / sigma
 *
 * where W is the kernel as a matrix with its last axis, the filters, as columns. Shapes: kernel, w [..., F], u [F],
 * v [the kernel's size / F]. u and v count as constants in the gradient.
 *
 * Source: Miyato et al. 2018, https://arxiv.org/abs/1802.05957
 *
 * @throws {ShapeError} if u or v do not fit
 * @example
 * const { w, u, v } = ops.spectralNorm({ kernel, u: oldU, v: oldV }, { iterations: 1, epsilon: 1e-12 });
 */
export function spectralNorm(
  inputs: Inputs,
  attributes: SpectralNormAttributes,
): Record<'w' | 'u' | 'v' | 'sigma', Tensor> {
  const [w, u, v, sigma] = spectralNormOp(inputs, attributes);
  return { w: w!, u: u!, v: v!, sigma: sigma! };
}

export const spectralNormGradientOp: Op<Record<'dw' | 'w' | 'u' | 'v' | 'sigma', Tensor>, object> = defineOp({
  name: 'striate.SpectralNormGradient',
  shapes: ({ w }) => [w.shape],
  reference({ dw, w, u, v, sigma }) {
    const outer = mul(reshape(v, [-1, 1]), reshape(u, [1, -1]));
    return div(sub(dw, mul(reshape(outer, w.shape), sum(mul(dw, w)))), sigma);
  },
});

const matrixOf = (kernel: Tensor): Tensor2D => reshape(kernel, [-1, kernel.shape.at(-1)!]);
const unit = (x: Tensor, epsilon: number): Tensor2D => div(x, add(sqrt(sum(square(x))), epsilon));
