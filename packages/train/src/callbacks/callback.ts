import type { NetworkFacts } from '@striate/core';
import type { Model } from '@striate/layers';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { EpochRecord } from '../history.ts';
import type { TrainingState } from '../training-state.ts';

/** What stays the same during one call of `fit`. */
export interface Run {
  model: Model;
  optimizer: Optimizer;
  /** Epochs in all. */
  epochs: number;
  batchesPerEpoch: number;
  /** As many, unless several batches make one step. */
  stepsPerEpoch: number;
  /** Steps that were done before this call, 0 if it did not resume. */
  firstStep: number;
  /** What is known of the network besides its values, as it belongs into one made of a snapshot. */
  facts: NetworkFacts;
}

/** A moment of the training, after a step. */
export interface Moment {
  run: Run;
  /** Steps done. */
  step: number;
  /** The epoch that is running or has just ended, counted from 1. */
  epoch: number;
  /** Batches done in that epoch. */
  batch: number;
  /**
   * All that is needed to go on from here, with every loss so far read and found finite. The tensors belong to `fit`
   * and are gone once the callback has ended.
   */
  snapshot(): Promise<TrainingState>;
  /** Ends the training after this step; the reason is told in the history. */
  stop(reason: string): void;
}

/** After a step. */
export interface StepMoment extends Moment {
  /** Samples in the step's batch. */
  samples: number;
  /** The step's loss; waits for the device, so ask for it rarely. */
  loss(): Promise<number>;
}

/** After an epoch and its validation. */
export interface EpochMoment extends Moment {
  record: EpochRecord;
}

/** After the last step. */
export interface EndMoment extends Moment {
  /** 'completed', 'aborted', or the reason that a callback gave. */
  stopped: string;
}

/**
 * Something that watches training. `fit` waits for promises that the functions give back; what they throw ends the
 * training.
 *
 * @example
 * const printer: Callback = { onEpochEnd: ({ record }) => console.log(record.epoch, record.loss) };
 */
export interface Callback {
  onBegin?(run: Run): void | Promise<void>;
  onStep?(moment: StepMoment): void | Promise<void>;
  onEpochEnd?(moment: EpochMoment): void | Promise<void>;
  onEnd?(moment: EndMoment): void | Promise<void>;
  /** The folder of the newest checkpoint, if this callback writes any; what `fit` throws when a backend fails names it. */
  lastCheckpoint?(): string | undefined;
}
