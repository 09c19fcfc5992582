import {
  ShapeError,
  checkMember,
  checkTensor,
  functionOf,
  type Constraint,
  type Family,
  type KindRecord,
  type Tensor,
} from '@striate/core';
import { constraintContract, type ConstraintFunction } from './constraint-kind.ts';
import { maxNorm } from './constraints/max-norm.ts';
import { minMaxNorm } from './constraints/min-max-norm.ts';
import { nonNegative } from './constraints/non-negative.ts';
import { unitNorm } from './constraints/unit-norm.ts';

/** All constraints. */
export const constraints: Family<ConstraintFunction, KindRecord> = {
  ...constraintContract,
  kinds: [maxNorm, minMaxNorm, unitNorm, nonNegative],
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
  const apply = functionOf(constraints, 'constrain', 'constraint', constraint);
  checkAxes('constrain', 'constraint', apply, x.shape);
  const y = apply(x);
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
  checkMember(constraints, where, option, constraint);
  if (shape) checkAxes(where, option, functionOf(constraints, where, option, constraint), shape);
}

function checkAxes(where: string, option: string, { axes }: ConstraintFunction, shape: readonly number[]): void {
  const outside = axes?.find((axis) => axis >= shape.length);
  if (outside === undefined) return;
  throw new ShapeError(
    `${where}: ${option} takes norms over axis ${outside}, but the parameter is [${shape.join(', ')}] with ${shape.length} axes, counted from 0.`,
  );
}
