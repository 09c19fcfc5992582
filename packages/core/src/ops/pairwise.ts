import { fill, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../check-tensors.ts';
import { callName, defineOp, only, type GradientContext, type Op } from '../define-op.ts';
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { sumTo } from './sum.ts';

/** What an op of two tensors takes: a tensor, or a number in the place of a scalar. */
export type Operand = Tensor | number;

export type Pair = { a: Tensor; b: Tensor };

/** Shapes of both inputs: the tape does not tell a gradient. */
export type PairAttributes = { aShape: readonly number[]; bShape: readonly number[] };

interface PairDefinition {
  /** 'striate.Add' */
  name: string;
  reference(inputs: Pair): Tensor;
  /** What the gradients of a and b, in the shape of the result, are made of. Left out: the op has none. */
  gradient?: {
    saves: ('a' | 'b')[];
    savesOutputs?: boolean;
    a(context: GradientContext<Pair, PairAttributes>): Tensor;
    b(context: GradientContext<Pair, PairAttributes>): Tensor;
  };
  /** See OpDefinition. */
  noGradient?: string;
}

/** An op of two tensors, element by element; both are repeated where they have one place and the other more, as in NumPy. */
export function definePairwise({ name, reference, gradient, noGradient }: PairDefinition): Op<Pair, PairAttributes> {
  const where = callName(name);
  return defineOp({
    name,
    shapes: (_, { aShape, bShape }) => [broadcastShape(where, aShape, bShape)],
    reference,
    ...(noGradient !== undefined && { noGradient }),
    ...(gradient && {
      gradient: {
        saves: gradient.saves,
        savesOutputs: gradient.savesOutputs ?? false,
        of: (context) => ({
          a: () => sumTo(gradient.a(context), context.attributes.aShape),
          b: () => sumTo(gradient.b(context), context.attributes.bShape),
        }),
      },
    }),
  });
}

/** Calls an op that {@link definePairwise} made, of two tensors or of one and a number. */
export function pairwise(where: string, op: Op<Pair, PairAttributes>, a: Operand, b: Operand): Tensor {
  checkOperand(where, 'a', a);
  checkOperand(where, 'b', b);
  if (typeof a !== 'number' && typeof b !== 'number') return only(op({ a, b }, { aShape: a.shape, bShape: b.shape }));
  return tidy(() => pairwise(where, op, asTensor(a), asTensor(b)));
}

/** A scalar of a number. */
export const asTensor = (operand: Operand): Tensor => (typeof operand === 'number' ? fill([], operand) : operand);

/** @throws {OptionError} for what is neither a tensor nor a number */
export function checkOperand(where: string, name: string, operand: unknown): asserts operand is Operand {
  if (typeof operand === 'number') return;
  if (Array.isArray(operand) || typeof operand !== 'object' || operand === null) {
    throw new OptionError(`${where}: ${name} is ${describe(operand)}, but must be a tensor or a number.`);
  }
  checkTensor(where, name, operand);
}

/** The shape of both together, as in NumPy: the last axes stand below each other, and one place is repeated. */
export function broadcastShape(where: string, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [own, other] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    if (own === other || other === 1) return own;
    if (own === 1) return other;
    throw new ShapeError(
      `${where}: [${a.join(', ')}] and [${b.join(', ')}] do not fit: sizes, compared from the last axis on, must be equal, or one of them 1. Bring them there with ops.reshape or ops.expandDims.`,
    );
  });
}
