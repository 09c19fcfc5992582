import { convolutionCorners, convolutionFamily } from './random-convolution-cases.ts';
import { convolution, crossEntropy, dropout, matMul, optimizers, pooling } from './random-op-cases.ts';
import { arithmetic } from './random-arithmetic-cases.ts';
import { createDraw, type Draw } from './draw.ts';
import type { OpCase } from './op-case.ts';
import { batchNorm, elementwise, reductions } from './random-norm-cases.ts';
import { normalizations } from './random-normalization-cases.ts';
import { specialPooling } from './random-pooling-cases.ts';
import { regularization } from './random-regularization-cases.ts';
import { activations, structure } from './random-structure-cases.ts';

/** Random cases: `rounds` over every op with shapes, options and values drawn from the seed, and convolutions' corners. */
export function randomCases(seed: number, rounds: number): OpCase[] {
  const draw = createDraw(seed);
  // What is made of stock kernels depends little on shapes: every third round has it.
  const drawn = Array.from({ length: rounds }, (_, round) => [
    ...casesOfKernels(draw),
    ...(round % 3 === 0 ? arithmetic(draw) : []),
  ]).flat();
  return [...drawn, ...convolutionCorners(draw)];
}

/** One round: every op, some of them in several ways. */
export function casesOfEveryOp(draw: Draw): OpCase[] {
  return [...casesOfKernels(draw), ...arithmetic(draw)];
}

function casesOfKernels(draw: Draw): OpCase[] {
  return [
    convolution,
    convolutionFamily,
    matMul,
    pooling,
    specialPooling,
    batchNorm,
    normalizations,
    crossEntropy,
    activations,
    structure,
    elementwise,
    reductions,
    dropout,
    regularization,
    optimizers,
  ].flatMap((family) => family(draw));
}
