import {
  ShapeError,
  checkMember,
  checkTensor,
  functionOf,
  ops,
  type Family,
  type KindRecord,
  type Regularizer,
  type Tensor,
} from '@striate/core';
import { l1 } from './penalties/l1.ts';
import { l1l2 } from './penalties/l1l2.ts';
import { l2 } from './penalties/l2.ts';
import { orthogonal } from './penalties/orthogonal.ts';
import { penaltyContract } from './penalty-kind.ts';

/** All penalties. */
export const penalties: Family<(x: Tensor) => Tensor, KindRecord> = {
  ...penaltyContract,
  kinds: [l1, l2, l1l2, orthogonal],
};

/**
 * The penalty on a tensor, a scalar to be added to the loss.
 *
 * @param regularizer a record such as `l2(1e-4)`, or a function from a tensor to a scalar out of ops of core
 * @param x parameters or activations, of any shape
 * @returns a scalar, which belongs to the caller
 * @throws {OptionError} for an unknown type, with the nearest name, or an impossible option
 * @throws {ShapeError} if a function gives anything but a scalar
 * @example
 * const loss = penalty(l2(0.5), tensor([1, 2])); // 2.5
 */
export function penalty(regularizer: Regularizer, x: Tensor): Tensor {
  checkTensor('penalty', 'x', x);
  const value = functionOf(penalties, 'penalty', 'regularizer', regularizer)(x);
  checkTensor('penalty', 'what the function gave', value);
  if (value.size === 1) return value.rank === 0 ? value : ops.reshape(value, []);
  throw new ShapeError(
    `penalty: the function gave a tensor [${value.shape.join(', ')}], but a penalty is one number. Take the sum or the mean.`,
  );
}

/**
 * @param where what the error begins with, 'conv2d'
 * @param option 'kernelRegularizer'
 * @throws {OptionError} unless it is a function, or a record of a known type with possible options
 */
export function checkRegularizer(where: string, option: string, regularizer: Regularizer): void {
  checkMember(penalties, where, option, regularizer);
}
