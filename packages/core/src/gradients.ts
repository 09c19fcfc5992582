import { clone, engine, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { backpropagate, blockedBy } from './backpropagate.ts';
import { isRecord } from './check-options.ts';
import { checkTensor, requireBackend } from './check-tensors.ts';
import { checkFunction } from './check-values.ts';
import { withoutGradient } from './define-op.ts';
import { describe, isTensor } from './describe.ts';
import { OptionError, ShapeError } from './errors.ts';
import type { Values } from './tensor.ts';

/** What the differentiated function gives: a scalar loss, and other tensors that are wanted from the same pass. */
export interface LossAndMore {
  loss: Tensor;
  /** Tensors that are handed on as they are: logits, new moving statistics. */
  auxiliary?: Values;
}

/** A loss, what came along, and the gradient of every parameter that the loss depends on. */
export type ValueAndGradients = { loss: Tensor; auxiliary: Values; gradients: Values };

/**
 * Computes a scalar loss and its gradient with respect to named parameters. A parameter that the loss does not depend
 * on has no entry in `gradients`. All tensors returned belong to the caller.
 *
 * @throws {ShapeError} if the loss is not a scalar.
 * @throws {OptionError} if the loss goes through an operation of the engine, or depends on a parameter through comparisons alone
 * @throws {OptionError} if the parameters are no tensors, or the function does not give a loss
 * @example
 * const { loss, gradients } = valueAndGradients(({ w }) => ({ loss: ops.mean(ops.activation(w!, 'tanh')) }), { w });
 */
export function valueAndGradients(compute: (parameters: Values) => LossAndMore, parameters: Values): ValueAndGradients {
  checkFunction('valueAndGradients', 'what is differentiated', compute);
  if (!isRecord(parameters)) {
    throw new OptionError(
      `valueAndGradients: parameters is ${describe(parameters)}, but must be a record of tensors. Write valueAndGradients(({ w }) => ({ loss }), { w }).`,
    );
  }
  requireBackend('valueAndGradients');
  const names = Object.keys(parameters);
  for (const name of names) checkTensor('valueAndGradients', `parameter '${name}'`, parameters[name]);
  const forward = (): Forward => {
    const { loss, auxiliary = {} } = checkResult(compute(parameters));
    if (loss.shape.length > 0) {
      throw new ShapeError(
        `valueAndGradients: the loss is of shape [${loss.shape.join(', ')}], but a scalar is needed. Take its mean.`,
      );
    }
    // Copies, since what is handed on may belong to the caller already.
    return { loss, auxiliary: mapValues(auxiliary, (tensor) => clone(tensor)) };
  };
  return tidy(() => {
    try {
      const { loss, auxiliary, tape } = recorded(forward);
      const tensors = names.map((name) => parameters[name]!);
      const gradients: Values = {};
      backpropagate(tape, loss, tensors).forEach((gradient, index) => {
        if (gradient) gradients[names[index]!] = gradient;
        else checkNotBlocked(tape, loss, tensors[index]!, names[index]!);
      });
      tape.length = 0;
      return { loss, auxiliary, gradients };
    } catch (error) {
      abandonTape();
      throw error;
    }
  });
}

/** A gradient that is not there because an op has none is no gradient of 0. */
function checkNotBlocked(tape: Tape, loss: Tensor, parameter: Tensor, name: string): void {
  const blocking = blockedBy(tape, loss, parameter);
  if (blocking === undefined) return;
  throw new OptionError(
    `valueAndGradients: the loss depends on '${name}' through ${blocking} alone, which ${withoutGradient(blocking)}`,
  );
}

function checkResult(result: unknown): LossAndMore {
  if (!isRecord(result) || !isTensor(result['loss'])) {
    throw new OptionError(
      `valueAndGradients: the function gave ${describe(result)}, but must give { loss }, a tensor, and what else is wanted as auxiliary.`,
    );
  }
  const { auxiliary } = result;
  if (auxiliary !== undefined && !(isRecord(auxiliary) && Object.values(auxiliary).every(isTensor)))
    throw new OptionError(`valueAndGradients: auxiliary is ${describe(auxiliary)}, but must be a record of tensors.`);
  return result as unknown as LossAndMore; // checked
}

function mapValues(values: Values, change: (tensor: Tensor) => Tensor): Values {
  return Object.fromEntries(Object.entries(values).map(([name, tensor]) => [name, change(tensor)]));
}

type Forward = { loss: Tensor; auxiliary: Values };

/** What `forward` gives, and what it put on the tape. */
function recorded(forward: () => Forward): Forward & { tape: Tape } {
  const { state } = engine();
  if (state.gradientDepth > 0) {
    throw new OptionError('valueAndGradients: gradients of gradients are not supported; do not call it within itself.');
  }
  state.activeTape = [];
  state.gradientDepth++;
  try {
    const result = tidy(forward);
    return { ...result, tape: state.activeTape };
  } finally {
    state.gradientDepth--;
  }
}

type Tape = NonNullable<ReturnType<typeof engine>['state']['activeTape']>;

// What the tape saved is kept by nobody else.
function abandonTape(): void {
  const { state } = engine();
  if (state.gradientDepth > 0 || !state.activeTape) return;
  for (const node of state.activeTape) for (const tensor of node.saved ?? []) tensor.dispose();
  state.activeTape = [];
}
