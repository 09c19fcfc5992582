import { div, fill, mean as stockMean, mul } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { checkTensor } from '../check-tensors.ts';
import { sizeOf } from '../shape.ts';

export const meanOp: Op<{ x: Tensor }, { inputShape: readonly number[] }> = defineOp({
  name: 'striate.Mean',
  shapes: () => [[]],
  reference: ({ x }) => stockMean(x),
  gradient: {
    saves: [],
    of: ({ dys: [dy], attributes }) => ({ x: () => only(meanGradientOp({ dy: dy! }, attributes)) }),
  },
});

/** Mean of all elements, a scalar. */
export function mean(x: Tensor): Tensor {
  checkTensor('mean', 'x', x);
  return only(meanOp({ x }, { inputShape: x.shape }));
}

export const meanGradientOp: Op<{ dy: Tensor }, { inputShape: readonly number[] }> = defineOp({
  name: 'striate.MeanGradient',
  shapes: (_, { inputShape }) => [[...inputShape]],
  reference: ({ dy }, { inputShape }) => mul(fill([...inputShape], 1), div(dy, sizeOf(inputShape))),
});
