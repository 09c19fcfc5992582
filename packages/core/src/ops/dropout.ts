import { mul, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only } from '../define-op.ts';
import { OptionError } from '../errors.ts';
import { bitsOf, type RandomSource } from './random-bits.ts';

export type DropoutAttributes = RandomSource & {
  /** Probability that an element is dropped, in [0, 1). */
  rate: number;
};

const dropoutOp = defineOp<{ x: Tensor }, DropoutAttributes>({
  name: 'striate.Dropout',
  shapes({ x }, { rate }) {
    if (!(rate >= 0 && rate < 1)) throw new OptionError(`dropout: rate is ${rate}, but it must be in [0, 1).`);
    return [x.shape];
  },
  reference({ x }, { rate, ...source }) {
    const threshold = Math.floor(rate * 2 ** 32);
    const scale = Math.fround(1 / Math.fround(1 - rate));
    const mask = Float32Array.from(bitsOf(x.shape, source), (bits) => (bits >= threshold ? scale : 0));
    return mul(x, tensor(mask, x.shape));
  },
  // The mask is a function of the attributes: dy goes through the same op.
  gradient: { saves: [], of: ({ dys: [dy], attributes }) => ({ x: () => dropout(dy!, attributes) }) },
});

/**
 * Drops each element with probability `rate` and scales the others, y = x / (1 - rate), so that the expectation stays.
 * The mask depends on seed, stream, call, step and the element's place alone.
 *
 * Source: Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html (inverted scaling)
 *
 * @throws {OptionError} if the rate is not in [0, 1).
 */
export function dropout(x: Tensor, attributes: DropoutAttributes): Tensor {
  return only(dropoutOp({ x }, attributes));
}
