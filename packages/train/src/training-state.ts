import { OptionError, clone, describe, isRecord, type Values } from '@striate/core';
import type { Basis } from './basis.ts';
import type { EpochSums } from './epoch-sums.ts';
import type { EpochRecord } from './history.ts';
import type { OptimizerState } from './optimizers/optimizer.ts';

/** The tensors that training changes. */
export interface TrainingValues {
  parameters: Values;
  /** Moving statistics. */
  state: Values;
  optimizer: OptimizerState;
}

/** How far training has come. */
export interface Position {
  /** Steps done. */
  step: number;
  /** Epochs done. */
  epoch: number;
  /** Batches done of the epoch after those. */
  batch: number;
}

/** By what a data order is known again. */
export interface DataMark {
  /** Samples in the data set. */
  length: number;
  /** Samples in a batch. */
  size: number;
  /** Batches that make one step. Absent: 1. */
  accumulate?: number;
  /** A hash of the ids of the last batch trained on. */
  lastBatch: number;
}

/** All that is needed to go on with training exactly where it stopped. Plain data and tensors, which belong to whoever holds it. */
export interface TrainingState extends TrainingValues, Position {
  seed: number;
  sums: EpochSums;
  history: readonly EpochRecord[];
  data: DataMark;
  /** What decides the steps: a resume with another model, other images, losses and so on is refused. Absent: it is not looked at. */
  basis?: Basis | undefined;
}

/** Copies that share their storage with the originals and are disposed on their own. */
export function cloneAll(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, tensor]) => [name, clone(tensor)]));
}

/** The same of an optimiser's state. */
export function cloneSlots(optimizer: OptimizerState): OptimizerState {
  return Object.fromEntries(Object.entries(optimizer).map(([slot, values]) => [slot, cloneAll(values)]));
}

/**
 * Gives back the memory of all tensors of a training state.
 *
 * @throws {OptionError} for anything but a training state
 * @example
 * const { state } = await fit(lenet5(), options);
 * disposeTraining(state);
 */
export function disposeTraining(training: TrainingValues): void {
  if (!isTraining(training)) {
    const advice = isRecord(training) && 'state' in training ? 'Write disposeTraining(result.state).' : '';
    throw new OptionError(
      `disposeTraining: got ${describe(training)}, but a training state is needed, { parameters, state, optimizer }. ${advice}`.trimEnd(),
    );
  }
  const { parameters, state, optimizer } = training;
  // One by one: walking nested containers costs more than the rest, and this is done at every step.
  for (const values of [parameters, state, ...Object.values(optimizer)]) {
    for (const tensor of Object.values(values)) tensor.dispose();
  }
}

function isTraining(training: unknown): boolean {
  return isRecord(training) && ['parameters', 'state', 'optimizer'].every((part) => isRecord(training[part]));
}
