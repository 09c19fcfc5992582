import { add, mul, tensor, where } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { OptionError } from '../errors.ts';
import { bitsOf, type RandomSource } from './random-bits.ts';

export type DropoutAttributes = RandomSource & {
  /** Probability that an element is dropped, in [0, 1). */
  rate: number;
  /** What is kept is multiplied by this. Default 1 / (1 - rate). */
  scale?: number;
  /** What is kept is then moved by this. Default 0. */
  shift?: number;
  /** What takes the place of a dropped element. Default 0. */
  replacement?: number;
};

export const dropoutOp: Op<{ x: Tensor }, DropoutAttributes> = defineOp({
  name: 'striate.Dropout',
  varies: ['step', 'sampleOffset'],
  shapes({ x }, { rate }) {
    if (!(rate >= 0 && rate < 1)) throw new OptionError(`dropout: rate is ${rate}, but it must be in [0, 1).`);
    return [x.shape];
  },
  reference({ x }, { rate, scale = 1 / Math.fround(1 - rate), shift = 0, replacement = 0, ...source }) {
    const threshold = Math.floor(rate * 2 ** 32);
    const bits = bitsOf(x.shape, source);
    const isKept = new Uint8Array(bits.length);
    for (let place = 0; place < bits.length; place++) isKept[place] = bits[place]! >= threshold ? 1 : 0;
    return where(tensor(isKept, x.shape, 'bool'), add(mul(x, scale), shift), replacement);
  },
  gradient: {
    saves: [],
    // The mask is a function of the attributes: dy goes through the same op.
    of: ({ dys: [dy], attributes }) => ({ x: () => dropout(dy!, { ...attributes, shift: 0, replacement: 0 }) }),
  },
});

/**
 * Drops each element with probability `rate`:
 *
 *   y = x scale + shift, or the replacement if it is dropped
 *
 * By default the scale is 1 / (1 - rate), so that the expectation stays, and shift and replacement are 0. The mask
 * depends on seed, stream, call, step and the element's place alone.
 *
 * Source: Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html (inverted scaling)
 *
 * @throws {OptionError} if the rate is not in [0, 1).
 * @example
 * const y = ops.dropout(x, { rate: 0.5, seed: 1, stream: streams.dropout, call: 0, step: 0, sampleOffset: 0 });
 */
export function dropout(x: Tensor, attributes: DropoutAttributes): Tensor {
  return only(dropoutOp({ x }, attributes));
}
