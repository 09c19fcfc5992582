import { ShapeError, checkChoice, checkTensor, ops, type Regularizer, type Tensor } from '@striate/core';
import { checkNumbers, checkRecord, type Family, type RecordKind, type RegularizerRecord } from './records.ts';

interface Penalty extends RecordKind {
  compute(x: Tensor, record: RegularizerRecord): Tensor;
}

const penalties: Readonly<Record<string, Penalty>> = {
  l1: {
    defaults: { factor: 0.01 },
    check: (where, record) => checkNumbers(where, record, ['factor']),
    compute: (x, { factor }) => ops.penalty(x, { l1: factor as number, l2: 0 }),
  },
  l2: {
    defaults: { factor: 0.01 },
    check: (where, record) => checkNumbers(where, record, ['factor']),
    compute: (x, { factor }) => ops.penalty(x, { l1: 0, l2: factor as number }),
  },
  l1l2: {
    defaults: { l1: 0, l2: 0 },
    check: (where, record) => checkNumbers(where, record, ['l1', 'l2']),
    compute: (x, record) => ops.penalty(x, { l1: record['l1'] as number, l2: record['l2'] as number }),
  },
  orthogonal: {
    defaults: { factor: 0.01, mode: 'rows' },
    check(where, record) {
      checkNumbers(where, record, ['factor']);
      checkChoice(where, 'mode', record['mode'] as string, ['rows', 'columns']);
    },
    compute: (x, { factor, mode }) =>
      ops.orthogonalPenalty(x, { factor: factor as number, mode: mode as 'rows' | 'columns' }),
  },
};

/** All penalties. */
export const penaltyFamily: Family = {
  noun: 'penalty',
  signature: '(x) => scalar',
  kinds: penalties,
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
  if (typeof regularizer !== 'function') {
    checkRegularizer('penalty', 'regularizer', regularizer);
    return penalties[regularizer.type]!.compute(x, regularizer);
  }
  const value = regularizer(x);
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
  checkRecord(where, option, regularizer, penaltyFamily);
}
