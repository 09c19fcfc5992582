import { mul, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { checkTensor } from '../check-tensors.ts';
import {
  gatedActivations,
  outputActivations,
  type GatedActivation,
  type OutputActivation,
} from './activation-functions.ts';
import { resolveActivation, type ActivationKind, type ActivationRecord } from './activation-record.ts';
import { reshape } from './reshape.ts';

type OutputAttributes = { kind: OutputActivation; parameters?: readonly number[] };
type GatedAttributes = { kind: GatedActivation };

export const activationOp: Op<{ x: Tensor }, OutputAttributes> = defineOp({
  name: 'striate.Activation',
  shapes: ({ x }) => [x.shape],
  reference: ({ x }, { kind, parameters = [] }) => outputActivations[kind].forward(x, parameters),
  gradient: {
    saves: [],
    savesOutputs: true,
    of: ({ dys: [dy], outputs: [y], attributes }) => ({
      x: () => only(activationGradientOp({ dy: dy!, y: y! }, attributes)),
    }),
  },
});

export const activationGradientOp: Op<{ dy: Tensor; y: Tensor }, OutputAttributes> = defineOp({
  name: 'striate.ActivationGradient',
  shapes: ({ dy }) => [dy.shape],
  reference: ({ dy, y }, { kind, parameters = [] }) => outputActivations[kind].backward(dy, y, parameters),
});

/** Gradient of {@link activation} in terms of its output y, for an op that computes the activation in its own pass. */
export function activationGradient(inputs: { dy: Tensor; y: Tensor }, kind: OutputActivation): Tensor {
  return only(activationGradientOp(inputs, { kind }));
}

export const gatedActivationOp: Op<{ x: Tensor }, GatedAttributes> = defineOp({
  name: 'striate.GatedActivation',
  shapes: ({ x }) => [x.shape],
  reference: ({ x }, { kind }) => gatedActivations[kind].forward(x),
  gradient: {
    saves: ['x'],
    of: ({ dys: [dy], inputs: { x }, attributes }) => ({
      x: () => only(gatedActivationGradientOp({ dy: dy!, x }, attributes)),
    }),
  },
});

export const gatedActivationGradientOp: Op<{ dy: Tensor; x: Tensor }, GatedAttributes> = defineOp({
  name: 'striate.GatedActivationGradient',
  shapes: ({ dy }) => [dy.shape],
  reference: ({ dy, x }, { kind }) => mul(dy, gatedActivations[kind].derivative(x)),
});

/**
 * Applies an activation function to every element; 'softmax' and 'logSoftmax' act along the last axis. At a corner,
 * such as 0 of relu, the gradient is that of the flatter side. NaN gives NaN.
 *
 * @param activation a name, or a record with options: see {@link ActivationRecord} for the formulas
 * @throws {OptionError} for an unknown name, with the nearest one, and for impossible options
 * @example
 * const probabilities = ops.activation(logits, 'softmax');
 * const y = ops.activation(x, { type: 'leakyRelu', negativeSlope: 0.01 });
 */
export function activation(x: Tensor, kind: ActivationKind | ActivationRecord): Tensor {
  const call = resolveActivation('activation', kind);
  checkTensor('activation', 'x', x);
  if (!call) return reshape(x, x.shape);
  if (typeof call === 'function') return computed(call, x);
  const { kind: name, parameters } = call;
  if (isGated(name)) return only(gatedActivationOp({ x }, { kind: name }));
  return only(activationOp({ x }, { kind: name, parameters }));
}

/** What somebody's own function gives: never x itself. */
function computed(call: (x: Tensor) => Tensor, x: Tensor): Tensor {
  return tidy(() => {
    const y: unknown = call(x);
    checkTensor('activation', 'what the function gave', y);
    return y === x ? reshape(x, x.shape) : y;
  });
}

const isGated = (kind: OutputActivation | GatedActivation): kind is GatedActivation =>
  Object.hasOwn(gatedActivations, kind);
