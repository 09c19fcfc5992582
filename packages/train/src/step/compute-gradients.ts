import { dispose, ops, tidy, valueAndGradients, type Tensor, type Values } from '@striate/core';
import { forward } from '@striate/layers';
import { inputsOf } from '../check-inputs.ts';
import type { DeviceBatch } from '../device-batch.ts';
import { computeLoss, computeNumbers } from '../tasks.ts';
import type { PreparedStep } from './prepare-step.ts';

/** What the gradients of a batch are computed from. */
export interface GradientInputs {
  parameters: Values;
  /** Moving statistics. */
  state: Values;
  batch: DeviceBatch;
  /** Steps done before this one. */
  step: number;
  /** Place of the batch's first sample in the step, where several batches make one. Default 0. */
  sampleOffset?: number;
}

/** What a batch says of a step. Of several batches, see `averageGradients`. */
export interface BatchGradients {
  /** Of each parameter that trains and that the loss depends on, by path. */
  gradients: Values;
  /** Mean over the samples, penalties included: a scalar. */
  loss: Tensor;
  /** Sums over the samples, scalars: the loss of each output if there are several, then the metrics. */
  numbers: Tensor[];
  /** The new moving statistics. */
  state: Values;
  /** Samples of the batch. */
  count: number;
}

// Names that no path of a parameter has.
const outputKey = 'output:';
const partKey = 'part:';

/**
 * The first half of a step, a pure function: gradients of the loss of a batch. Nothing is read back to the host. The
 * inputs are left alone; all tensors returned belong to the caller.
 *
 * @throws {ShapeError} if the batch does not fit the model
 */
export function computeGradients(
  { model, tasks, trained, seed }: PreparedStep,
  { parameters, state, batch, step, sampleOffset = 0 }: GradientInputs,
): BatchGradients {
  return tidy(() => {
    const random = { seed, step, sampleOffset };
    const inputs = inputsOf(model, batch);
    const compute = (current: Values): { loss: Tensor; auxiliary: Values } => {
      const all = { ...parameters, ...current };
      const pass = forward(model, { parameters: all, state, inputs, training: true, random });
      const { loss, parts } = computeLoss(tasks, pass.outputs, batch);
      const auxiliary = { ...pass.state, ...numbered(outputKey, pass.outputs), ...numbered(partKey, parts) };
      return { loss: pass.losses.reduce(ops.add, loss), auxiliary };
    };
    const { loss, auxiliary, gradients } = valueAndGradients(compute, pick(parameters, trained));
    const outputs = denumbered(outputKey, auxiliary);
    const numbers = computeNumbers(tasks, outputs, denumbered(partKey, auxiliary), batch);
    return { gradients, loss, numbers, state: pick(auxiliary, Object.keys(state)), count: outputs[0]!.shape[0] };
  });
}

/** Gives back all tensors of a batch's gradients. */
export function disposeGradients({ gradients, loss, numbers, state }: BatchGradients): void {
  dispose(gradients, loss, numbers, state);
}

/** Tensors by the key and their place. */
function numbered(key: string, tensors: readonly Tensor[]): Values {
  return Object.fromEntries(tensors.map((tensor, place) => [`${key}${place}`, tensor]));
}

/** The tensors that were {@link numbered} by a key, in their order. */
function denumbered(key: string, values: Values): Tensor[] {
  return Object.entries(values).flatMap(([name, tensor]) => (name.startsWith(key) ? [tensor] : []));
}

function pick(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, values[name]!]));
}
