import { exp, logSoftmax, mul, relu, sigmoid, softmax, sub, sum, tanh } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only } from '../define-op.ts';
import { maskByOutput } from './mask.ts';

export type ActivationKind = 'relu' | 'sigmoid' | 'tanh' | 'softmax' | 'logSoftmax';

type Pass = {
  forward(x: Tensor): Tensor;
  /** In terms of the output alone. */
  backward(dy: Tensor, y: Tensor): Tensor;
};

const passes: Record<ActivationKind, Pass> = {
  relu: { forward: (x) => relu(x), backward: maskByOutput },
  sigmoid: { forward: (x) => sigmoid(x), backward: (dy, y) => mul(dy, mul(y, sub(1, y))) },
  tanh: { forward: (x) => tanh(x), backward: (dy, y) => mul(dy, sub(1, mul(y, y))) },
  softmax: { forward: (x) => softmax(x), backward: (dy, y) => mul(sub(dy, sum(mul(dy, y), -1, true)), y) },
  logSoftmax: { forward: (x) => logSoftmax(x), backward: (dy, y) => sub(dy, mul(exp(y), sum(dy, -1, true))) },
};

const activationOp = defineOp<{ x: Tensor }, { kind: ActivationKind }>({
  name: 'striate.Activation',
  shapes: ({ x }) => [x.shape],
  reference: ({ x }, { kind }) => passes[kind].forward(x),
  gradient: {
    saves: [],
    savesOutputs: true,
    of: ({ dys: [dy], outputs: [y], attributes }) => ({
      x: () => activationGradient({ dy: dy!, y: y! }, attributes.kind),
    }),
  },
});

/**
 * Applies an activation function to every element; 'softmax' and 'logSoftmax' act along the last axis.
 *
 * @example
 * const probabilities = ops.activation(logits, 'softmax');
 */
export function activation(x: Tensor, kind: ActivationKind): Tensor {
  return only(activationOp({ x }, { kind }));
}

const activationGradientOp = defineOp<{ dy: Tensor; y: Tensor }, { kind: ActivationKind }>({
  name: 'striate.ActivationGradient',
  shapes: ({ dy }) => [dy.shape],
  reference: ({ dy, y }, { kind }) => passes[kind].backward(dy, y),
});

/** Gradient of {@link activation}, in terms of its output y. */
export function activationGradient(inputs: { dy: Tensor; y: Tensor }, kind: ActivationKind): Tensor {
  return only(activationGradientOp(inputs, { kind }));
}
