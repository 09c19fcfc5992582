import { clone, ops, tidy, valueAndGradients, type ParameterKind, type Tensor, type Values } from '@striate/core';
import { forward, type Model } from '@striate/layers';
import type { Loss } from './losses/loss.ts';
import type { Metric } from './metrics/metric.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import type { TrainingValues } from './training-state.ts';

/** A batch on the device. */
export interface DeviceBatch {
  /** [N, ...] */
  inputs: Tensor;
  /** int32 [N], or float32 [N, ...] */
  targets: Tensor;
  /** float32 [N] */
  weights?: Tensor | undefined;
}

/** What stays the same from step to step. */
export interface StepRecipe {
  model: Model;
  optimizer: Optimizer;
  loss: Loss;
  metrics: readonly Metric[];
  /** What each parameter is for, by name. */
  kinds: Readonly<Record<string, ParameterKind>>;
  seed: number;
}

/** What one step is computed from. */
export interface StepInputs extends TrainingValues {
  batch: DeviceBatch;
  /** Steps done before this one. */
  step: number;
  learningRate: number;
  /** Place of the first sample in the whole batch, when several workers share one. Default 0. */
  sampleOffset?: number;
}

/** New values; loss and metrics are scalars on the device. */
export interface StepResult extends TrainingValues {
  /** Mean over the batch, penalties included. */
  loss: Tensor;
  /** One a metric: the sum over the batch's samples. */
  metrics: Tensor[];
}

const outputsKey = 'outputs of the model';

/**
 * One training step, a pure function: new parameters, moving statistics and optimiser state from old ones and a batch.
 * Nothing is read back to the host. The inputs are left alone; all tensors returned belong to the caller.
 *
 * @example
 * const next = trainStep(recipe, { ...values, batch, step: 0, learningRate: 1e-3 });
 */
export function trainStep(
  { model, optimizer, loss, metrics, kinds, seed }: StepRecipe,
  { parameters, state, optimizer: optimizerState, batch, step, learningRate, sampleOffset = 0 }: StepInputs,
): StepResult {
  return tidy(() => {
    const random = { seed, step, sampleOffset };
    const compute = (current: Values): { loss: Tensor; auxiliary: Values } => {
      const pass = forward(model, { parameters: current, state, inputs: [batch.inputs], training: true, random });
      const outputs = pass.outputs[0]!;
      const batchLoss = loss.compute({ outputs, targets: batch.targets, weights: batch.weights });
      return { loss: pass.losses.reduce(ops.add, batchLoss), auxiliary: { ...pass.state, [outputsKey]: outputs } };
    };
    const { loss: value, auxiliary, gradients } = valueAndGradients(compute, parameters);
    const { [outputsKey]: outputs, ...statistics } = auxiliary;
    const updated = optimizer.update({
      parameters: pick(parameters, gradients),
      gradients,
      state: optimizerState,
      step: step + 1,
      learningRate,
      kinds,
    });
    return {
      loss: value,
      metrics: metrics.map((metric) => metric.compute({ outputs: outputs!, targets: batch.targets })),
      parameters: carryOver(parameters, updated.parameters),
      state: carryOver(state, statistics),
      optimizer: Object.fromEntries(
        Object.entries(optimizerState).map(([slot, values]) => [slot, carryOver(values, updated.state[slot] ?? {})]),
      ),
    };
  });
}

/** Those values that have a counterpart. */
function pick(values: Values, counterparts: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name in counterparts));
}

/** The new value where there is one, else a copy that shares the old one's storage. */
function carryOver(old: Values, updated: Values): Values {
  return Object.fromEntries(Object.entries(old).map(([name, tensor]) => [name, updated[name] ?? clone(tensor)]));
}
