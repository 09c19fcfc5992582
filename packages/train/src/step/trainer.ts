import {
  NumericError,
  OptionError,
  checkOptions,
  checkUint32,
  clone,
  dispose,
  isRecord,
  isTensor,
  keep,
  tidy,
  type Tensor,
  type Values,
} from '@striate/core';
import type { Batch } from '@striate/data';
import { type Network, checkNetwork } from '@striate/layers';
import { checkDeviceBatch, type DeviceBatch } from '../device-batch.ts';
import { nonFiniteAdvice } from '../explain-non-finite.ts';
import { addToSums, meansOf, noSums } from '../epoch-sums.ts';
import { factsOf, trainedNetwork } from '../network-facts.ts';
import { onDevice } from '../on-device.ts';
import { batchNumbers } from '../tasks.ts';
import { cloneAll, disposeTraining, type TrainingValues } from '../training-state.ts';
import type { CountedGradients } from './average-gradients.ts';
import { checkGradients } from './check-gradients.ts';
import { computeGradients, disposeGradients, type BatchGradients } from './compute-gradients.ts';
import { computeUpdate } from './compute-update.ts';
import { firstSlots, prepareStep, type PreparedStep } from './prepare-step.ts';
import { checkTrainerOptions, type TrainerOptions } from './trainer-options.ts';

/** What a trainer says of a batch. The tensors are the trainer's, and gone after the update. */
export interface StepGradients extends CountedGradients {
  /** Of each parameter that trains and that the loss depends on, by path. */
  gradients: Values;
  /** Samples of the batch. */
  count: number;
  /**
   * The batch's loss, the mean over its samples, penalties included. It waits for the device, so ask for it rarely, and
   * before the update.
   *
   * @throws {NumericError} if it is NaN or infinite
   * @throws {OptionError} after the update
   */
  loss(): Promise<number>;
  /** Means of the metrics over the batch's samples, by name; of several outputs, their losses too. As `loss()`. */
  metrics(): Promise<Record<string, number>>;
}

/** A training whose steps are made by hand: gradients, whatever is to be done with them, update. */
export interface Trainer {
  /** Steps done. */
  readonly step: number;
  /**
   * Gradients of the loss of a batch. A step may ask for those of several, which then are parts of one: moving statistics
   * and random layers go on from part to part.
   *
   * @param batch as `data.epoch` gives it, or on the device, where it is left alone and its labels are not checked
   * @param options `sampleOffset`: place of the batch's first sample in the step, where other machines compute what is
   * before it. Default: the samples of this step so far.
   * @throws {DataError} for a label out of range (which sample), or a batch that does not fit the model
   * @throws {OptionError} for anything but a batch, or after `dispose`
   */
  gradients(batch: Batch | DeviceBatch, options?: { sampleOffset?: number }): StepGradients;
  /**
   * Makes the step: new parameters from gradients, those of this step or what was made of them. It takes them: these, all
   * others of this step, its losses and the old parameters are given back.
   *
   * @throws {OptionError} before `gradients`, for those of a step before, or after `dispose`
   * @throws {DataError} for gradients of other names or shapes
   */
  update(gradients: Values): void;
  /** Gives back the gradients of this step, as if they had not been asked for: where a batch is to be passed over. */
  discard(): void;
  /** The network as it is now, which knows what its outputs mean. Its tensors are the caller's. */
  network(): Network;
  /** Gives back all that the trainer holds. Networks that it gave stay. */
  dispose(): void;
}

/**
 * Prepares the training of a network for a loop of your own, where `fit` is not enough: between the two halves of a step
 * stands whatever you do with gradients.
 *
 * The trainer owns the network that it is given, whose tensors are gone after the first update. Gradients are averaged
 * over a batch's samples; parts of a batch, or several machines, make the same step as the whole (without batch norm) by
 * {@link averageGradients}. Nothing is read back unless `loss()` or `metrics()` is asked for, so a loss that is NaN goes
 * unseen until then. The rate of the optimiser's schedule is that of `trainer.step`.
 *
 * @throws {OptionError} for anything but a network, for unknown options, if the model's output is not what the loss takes,
 * or if there is nothing to train
 * @throws {BackendError} if no backend is in use
 * @example
 * const trainer = createTrainer(initialize(lenet5(), { seed: 1 }), { loss: crossEntropy(), optimizer: adam() });
 * for await (const batch of data.epoch(0)) {
 *   const { gradients, loss } = trainer.gradients(batch);
 *   if (trainer.step % 100 === 0) console.log(trainer.step, await loss());
 *   trainer.update(gradients);
 * }
 * const network = trainer.network();
 * trainer.dispose();
 */
export function createTrainer(network: Network, options: TrainerOptions): Trainer {
  checkNetwork('createTrainer', network);
  checkTrainerOptions(options);
  const { seed = 0, ...rest } = options;
  const { parameters, state } = network;
  const prepared = prepareStep('createTrainer', network.model, { ...rest, seed });
  const facts = factsOf('createTrainer', network.model, prepared.tasks, network);
  let step = 0;
  let values: TrainingValues = kept({ parameters, state, optimizer: tidy(() => firstSlots(prepared, parameters)) });
  let parts: readonly BatchGradients[] = [];
  let isDisposed = false;

  const checkUse = (method: string): void => {
    if (!isDisposed) return;
    throw new OptionError(
      `trainer.${method}: this trainer is disposed. Make another: createTrainer(network, options).`,
    );
  };
  const discard = (): void => {
    for (const part of parts) disposeGradients(part);
    parts = [];
  };

  return {
    get step() {
      return step;
    },
    gradients(batch, given = {}) {
      checkUse('gradients');
      checkOptions(where, given, { sampleOffset: true }, 'trainer.gradients(batch, { sampleOffset: 32 })');
      const { sampleOffset = parts.reduce((sum, { count }) => sum + count, 0) } = given;
      checkUint32(sampleOffset, 'sampleOffset', where);
      const start = { parameters: values.parameters, state: parts.at(-1)?.state ?? values.state, step, sampleOffset };
      const compute = (device: DeviceBatch): BatchGradients => computeGradients(prepared, { ...start, batch: device });
      const part = isOnDevice(batch) ? compute(batch) : onDevice(where, prepared, batch, compute);
      keepAll(part.gradients, part.state, [part.loss, ...part.numbers]);
      parts = [...parts, part];
      return { gradients: { ...part.gradients }, count: part.count, ...readable(part, prepared, step + 1) };
    },
    update(gradients) {
      checkUse('update');
      checkGradients(gradients, parts, values.parameters, step + 1);
      const updated = computeUpdate(prepared, { ...values, step }, gradients);
      const before = values;
      // What the last part made of the moving statistics stays.
      const { state: moved, ...last } = parts.at(-1)!;
      parts = [...parts.slice(0, -1), { ...last, state: {} }];
      values = kept({ ...updated, state: moved });
      disposeTraining(before);
      dispose(gradients);
      discard();
      step++;
    },
    discard() {
      checkUse('discard');
      discard();
    },
    network() {
      checkUse('network');
      const own = { parameters: cloneAll(values.parameters), state: cloneAll(values.state) };
      return trainedNetwork(network, facts, own);
    },
    dispose() {
      if (isDisposed) return;
      isDisposed = true;
      discard();
      disposeTraining(values);
    },
  };
}

const where = 'trainer.gradients';

function isOnDevice(batch: Batch | DeviceBatch): batch is DeviceBatch {
  if (!isRecord(batch) || !isTensor(batch.inputs)) return false;
  checkDeviceBatch(where, batch);
  return true;
}

/** The functions that read what is on the device. */
function readable(
  { loss, numbers, count }: BatchGradients,
  { tasks }: PreparedStep,
  step: number,
): Pick<StepGradients, 'loss' | 'metrics'> {
  return {
    async loss() {
      const value = await read('loss', loss);
      if (Number.isFinite(value)) return value;
      throw new NumericError(
        `trainer.gradients: the loss of step ${step} is ${value}. Pass the batch over, trainer.discard(), or begin again. ${nonFiniteAdvice}`,
      );
    },
    async metrics() {
      const found = await Promise.all([loss, ...numbers].map((number) => read('metrics', number)));
      const { loss: _, ...means } = meansOf(addToSums(noSums, batchNumbers(tasks), found, count));
      return means;
    },
  };
}

async function read(what: 'loss' | 'metrics', scalar: Tensor): Promise<number> {
  if (scalar.isDisposed)
    throw new OptionError(`${what}: it was given back with the update, or by discard. Write await ${what}() before.`);
  // A tensor of its own, since the update may come before the number does.
  const own = keep(clone(scalar));
  try {
    return (await own.data<'float32'>())[0]!;
  } finally {
    own.dispose();
  }
}

/** The values, which no `tidy` around a step gives back. */
function kept(values: TrainingValues): TrainingValues {
  keepAll(values.parameters, values.state, ...Object.values(values.optimizer));
  return values;
}

function keepAll(...lists: readonly (Values | readonly Tensor[])[]): void {
  for (const values of lists) for (const tensor of Object.values(values)) keep(tensor);
}
