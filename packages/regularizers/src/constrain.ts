import { OptionError, ShapeError, checkTensor, describe, ops, type Constraint, type Tensor } from '@striate/core';
import { checkNumbers, checkRecord, type ConstraintRecord, type Family, type RecordKind } from './records.ts';

interface Rule extends RecordKind {
  apply(x: Tensor, record: ConstraintRecord): Tensor;
}

const rules: Readonly<Record<string, Rule>> = {
  maxNorm: {
    defaults: { maximum: 2, axis: 0 },
    check(where, record) {
      checkNumbers(where, record, ['maximum']);
      checkAxes(where, record);
    },
    apply: (x, record) =>
      ops.limitNorm(x, { axes: axesOf(record), minimum: 0, maximum: record['maximum'] as number, rate: 1 }),
  },
  minMaxNorm: {
    defaults: { minimum: 0, maximum: 1, rate: 1, axis: 0 },
    check(where, record) {
      checkNumbers(where, record, ['minimum', 'maximum']);
      checkNumbers(where, record, ['rate'], 1);
      checkAxes(where, record);
      if ((record['minimum'] as number) <= (record['maximum'] as number)) return;
      throw new OptionError(
        `${where}: minimum is ${String(record['minimum'])}, but must not exceed maximum, which is ${String(record['maximum'])}.`,
      );
    },
    apply(x, record) {
      const { minimum, maximum, rate } = record as ConstraintRecord & Record<string, number>;
      return ops.limitNorm(x, { axes: axesOf(record), minimum: minimum!, maximum: maximum!, rate: rate! });
    },
  },
  unitNorm: {
    defaults: { axis: 0 },
    check: (where, record) => checkAxes(where, record),
    apply: (x, record) => ops.limitNorm(x, { axes: axesOf(record), minimum: 1, maximum: 1, rate: 1 }),
  },
  nonNegative: { defaults: {}, check: () => {}, apply: (x) => ops.activation(x, 'relu') },
};

/** All constraints. */
export const constraintFamily: Family = {
  noun: 'constraint',
  signature: '(x) => tensor of the same shape',
  kinds: rules,
};

/**
 * What a constraint makes of a tensor. Training applies it to a parameter after each update.
 *
 * @param constraint a record such as `maxNorm({ maximum: 3 })`, or a function
 * @param x a parameter
 * @returns a tensor of the same shape, which belongs to the caller
 * @throws {OptionError} for an unknown type, with the nearest name, or an impossible option
 * @throws {ShapeError} if x has no such axis, or a function changes the shape
 * @example
 * const limited = constrain(maxNorm({ maximum: 1 }), tensor([[3], [4]])); // [[0.6], [0.8]]
 */
export function constrain(constraint: Constraint, x: Tensor): Tensor {
  checkTensor('constrain', 'x', x);
  checkConstraint('constrain', 'constraint', constraint, x.shape);
  if (typeof constraint !== 'function') return rules[constraint.type]!.apply(x, constraint);
  const y = constraint(x);
  checkTensor('constrain', 'what the function gave', y);
  if (y.shape.join() === x.shape.join()) return y;
  throw new ShapeError(
    `constrain: the function made a tensor [${y.shape.join(', ')}] of one of [${x.shape.join(', ')}], but must keep the shape.`,
  );
}

/**
 * @param where what the error begins with, 'conv2d'
 * @param option 'kernelConstraint'
 * @param shape the parameter's shape, once it is known
 * @throws {OptionError} unless it is a function, or a record of a known type with possible options
 * @throws {ShapeError} if a parameter of that shape does not have the record's axes
 */
export function checkConstraint(
  where: string,
  option: string,
  constraint: Constraint,
  shape?: readonly number[],
): void {
  checkRecord(where, option, constraint, constraintFamily);
  if (!shape || typeof constraint === 'function' || constraint['axis'] === undefined) return;
  const outside = axesOf(constraint).find((axis) => axis >= shape.length);
  if (outside === undefined) return;
  throw new ShapeError(
    `${where}: ${option} takes norms over axis ${outside}, but the parameter is [${shape.join(', ')}] with ${shape.length} axes, counted from 0.`,
  );
}

function axesOf({ axis }: ConstraintRecord): number[] {
  return [axis].flat() as number[]; // checked with the record
}

function checkAxes(where: string, record: ConstraintRecord): void {
  const axes: unknown[] = [record['axis']].flat();
  const fits = axes.length > 0 && axes.every((axis) => Number.isInteger(axis) && (axis as number) >= 0);
  if (fits && new Set(axes).size === axes.length) return;
  throw new OptionError(
    `${where}: axis is ${describe(record['axis'])}, but must be a whole number of at least 0, or a list of different ones.`,
  );
}
