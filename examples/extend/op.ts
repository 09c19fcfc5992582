// An op of your own, soft thresholding: what is nearer to 0 than the threshold becomes 0, all else moves towards it. It runs
// on every backend at once, as its reference; a kernel (kernel.ts) makes it fast on one.
import { defineOp, only, ops, stock, type Op, type Tensor } from '@striate/core';

type ShrinkAttributes = { threshold: number };

/** y = sign(x) max(|x| - threshold, 0). The name has a namespace of its own. */
export const shrinkOp: Op<{ x: Tensor }, ShrinkAttributes> = defineOp({
  name: 'me.Shrink',
  shapes: ({ x }) => [x.shape],
  reference: ({ x }, { threshold }) => stock.mul(stock.sign(x), stock.relu(stock.sub(stock.abs(x), threshold))),
  gradient: {
    saves: ['x'],
    // Out of ops that are there. A gradient that is to have a kernel is an op of its own: me.ShrinkGradient.
    of: ({ dys: [dy], inputs: { x }, attributes: { threshold } }) => ({
      x: () => ops.where(ops.greater(ops.abs(x), threshold), dy!, 0),
    }),
  },
});

/** What people call. */
export const shrink = (x: Tensor, threshold: number): Tensor => only(shrinkOp({ x }, { threshold }));
