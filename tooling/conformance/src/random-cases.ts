import { activationKinds, convolution, crossEntropy, dropout, matMul, optimizers, pooling } from './random-op-cases.ts';
import { createDraw } from './draw.ts';
import type { OpCase } from './op-case.ts';
import { batchNorm, elementwise, reductions } from './random-norm-cases.ts';

/** `count` rounds of random cases over every op: shapes, options and values drawn from the seed. */
export function randomCases(seed: number, rounds: number): OpCase[] {
  const draw = createDraw(seed);
  return Array.from({ length: rounds }, () =>
    [
      convolution,
      matMul,
      pooling,
      batchNorm,
      crossEntropy,
      activationKinds,
      elementwise,
      reductions,
      dropout,
      optimizers,
    ].flatMap((family) => family(draw)),
  ).flat();
}
