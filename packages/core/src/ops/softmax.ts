import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkOptions } from '../check-options.ts';
import { checkTensor } from '../check-tensors.ts';
import { OptionError } from '../errors.ts';
import { activation } from './activation.ts';
import { axisOf } from './axes.ts';
import { transpose } from './transpose.ts';

/** Both act along the last axis: another one is brought there. */
function alongAxis(kind: 'softmax' | 'logSoftmax', x: Tensor, options: { axis?: number }): Tensor {
  checkTensor(kind, 'x', x);
  checkOptions(kind, options, { axis: true }, `ops.${kind}(x, { axis: -1 })`);
  if (x.rank === 0) throw new OptionError(`${kind}: x is a scalar, but must have an axis to go along.`);
  const { axis = -1 } = options;
  const along = axisOf(kind, axis, x.rank);
  const last = x.rank - 1;
  if (along === last) return activation(x, kind);
  const swapped = x.shape.map((_, at) => (at === along ? last : at === last ? along : at));
  return tidy(() => transpose(activation(transpose(x, swapped), kind), swapped));
}

/**
 * Shares whose sum is 1: exp(x) / sum of exp(x) along an axis, without overflow.
 *
 * @param options `axis`: counted from 0, or from the end if negative. Default -1
 * @throws {OptionError} for an axis that x has not
 * @example
 * const shares = ops.softmax(logits);
 */
export function softmax(x: Tensor, options: { axis?: number } = {}): Tensor {
  return alongAxis('softmax', x, options);
}

/**
 * The logarithm of {@link softmax}, also where a share is too small for a number: x - log(sum of exp(x)) along an axis.
 *
 * @param options `axis`: counted from 0, or from the end if negative. Default -1
 * @throws {OptionError} for an axis that x has not
 * @example
 * const losses = ops.negative(ops.pick(ops.logSoftmax(logits), labels));
 */
export function logSoftmax(x: Tensor, options: { axis?: number } = {}): Tensor {
  return alongAxis('logSoftmax', x, options);
}
