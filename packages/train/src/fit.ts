import { BackendError, NumericError, occupyBackend, requireBackend, tidy, type OutputMeanings } from '@striate/core';
import type { Batch, Batches } from '@striate/data';
import { initialize, parameterSpecs, type Model, type Network } from '@striate/layers';
import { ahead } from './ahead.ts';
import { awaitCallback } from './await-callback.ts';
import { basisOf } from './basis.ts';
import type { Callback, Moment, Run } from './callbacks/callback.ts';
import { checkFitOptions } from './check-fit-options.ts';
import { checkInputs, checkTrainable } from './check-inputs.ts';
import { checkStart } from './check-network.ts';
import { checkResume, markData } from './check-resume.ts';
import { disposeBatch, toDevice } from './device-batch.ts';
import { measure } from './evaluate.ts';
import { createTurn } from './event-loop.ts';
import { explainBackendFailure } from './explain-backend-failure.ts';
import { explainNonFinite } from './explain-non-finite.ts';
import { checkFinite, toHost } from './files/host-values.ts';
import type { History } from './history.ts';
import { watchModel } from './layer-in-progress.ts';
import { createLedger } from './ledger.ts';
import { adviseOnMemory, isOutOfMemory } from './memory-advice.ts';
import { learningRateAt } from './optimizers/learning-rate.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import type { Reading } from './readings.ts';
import { checkTargets, meaningsOf, batchNumbers, tasksOf, type Objectives } from './tasks.ts';
import { createTrainer, type Snapshot } from './trainer.ts';
import { cloneAll, cloneSlots, type TrainingState } from './training-state.ts';
import type { StepRecipe } from './train-step.ts';

/** Options of {@link fit}. */
export interface FitOptions extends Objectives {
  data: Batches;
  /** Evaluated after each epoch. */
  validation?: Batches;
  /** In all, those before a resume included. */
  epochs: number;
  optimizer: Optimizer;
  callbacks?: readonly Callback[];
  /**
   * Training stops after the step in which this is aborted; `fit` then returns as usual. A callback has half a minute more
   * to end what it does; after that it is not waited for, nor called again, and `history.stopped` says so.
   */
  signal?: AbortSignal;
  /** What first weights (of a model without any) and random layers depend on: an integer from 0 to 2^32 - 1. Default 0. */
  seed?: number;
  /** Go on from here; its values take the place of those that a network comes with. It is left alone. */
  resume?: TrainingState;
  /** Keep the loss of each step in `history.stepLosses`. Default false. */
  stepLosses?: boolean;
}

/** What {@link fit} gives. Its tensors belong to the caller; `network` and `state` share them. */
export interface FitResult {
  network: Network;
  history: History;
  /** All that is needed to go on: `fit(model, { ...options, epochs: more, resume: state })`. */
  state: TrainingState;
}

/**
 * Trains a model.
 *
 * Losses and metrics stay on the device and are read some steps later, so that no step waits for them; the event loop
 * gets its turn at least every 50 ms, longer single steps apart. A model with several outputs has its losses and metrics
 * by their names, `loss: { main: crossEntropy(), auxiliary: crossEntropy() }`, or one for all; the history then has
 * 'main.loss', 'main.accuracy' and so on beside the weighted sum `loss`. Equal options give equal weights to the bit, also when
 * training is stopped at any step and resumed (on a backend that promises this).
 *
 * A resume goes on with the same model, data, losses and optimiser, or is refused, saying what differs; epochs, learning
 * rate, metrics, callbacks and the backend may be others. A metric that comes in the midst of an epoch is averaged over the
 * samples since then.
 *
 * @param start a model, whose first weights are drawn with `seed`, or a network, which is left alone
 * @returns the trained network, which knows what its outputs mean, the history (JSON), and the training state
 * @throws {OptionError} for impossible or unknown options, saying what to write, or if `resume` is of another optimiser or
 * seed
 * @throws {DataError} for a label out of range (which sample), if `resume` does not fit the model or the data, or when a
 * checkpoint cannot be written
 * @throws {NumericError} if a loss is NaN or infinite: in which step, and which layer was first
 * @throws {BackendError} if memory runs out: the layer, the bytes needed, and a batch size that fits; if the backend fails
 * (a GPU is lost, a worker killed): the last checkpoint, from which any backend can go on
 * @example
 * const { network, history } = await fit(lenet5(), {
 *   data: batches(train, { size: 64, seed: 1 }),
 *   validation: batches(test, { size: 256 }),
 *   epochs: 3,
 *   optimizer: adam({ learningRate: 1e-3 }),
 *   loss: crossEntropy(),
 *   metrics: [accuracy()],
 *   callbacks: [checkpoints('runs/a')],
 * });
 */
export async function fit(start: Model | Network, options: FitOptions): Promise<FitResult> {
  const release = occupyBackend('fit');
  try {
    return await train(start, options);
  } finally {
    release();
  }
}

async function train(start: Model | Network, options: FitOptions): Promise<FitResult> {
  checkStart('fit', start);
  requireBackend('fit');
  checkFitOptions(options);
  const { data, validation, epochs, optimizer, callbacks = [], signal, resume } = options;
  const { loss, lossWeights = {}, metrics = [] } = options;
  const model = 'model' in start ? start.model : start;
  const objectives = { loss, lossWeights, metrics };
  const tasks = tasksOf('fit', model, objectives);
  checkTrainable('fit', model);
  const meaning = meaningsOf(model, tasks, 'model' in start ? start.outputMeaning : undefined);
  if (resume) await checkResume(resume, { model, optimizer, tasks, data, seed: options.seed });
  const seed = resume?.seed ?? options.seed ?? 0;
  const watched = watchModel(model);
  const kinds = Object.fromEntries(Object.entries(parameterSpecs(model)).map(([name, { kind }]) => [name, kind]));
  const recipe: StepRecipe = { model: watched.model, optimizer, ...objectives, kinds, seed };

  const keepSteps = options.stepLosses ?? false;
  const ledger = createLedger(batchNumbers(tasks), data.batchesPerEpoch, { from: resume, keepSteps });
  const { clock } = ledger;
  const first = firstValues(start, seed, optimizer, resume);
  const trainer = createTrainer(recipe, first, ledger.enter);
  const run: Run = {
    model,
    optimizer,
    epochs,
    batchesPerEpoch: data.batchesPerEpoch,
    firstStep: trainer.current().step,
    ...(meaning !== undefined && { outputMeaning: meaning }),
  };
  const turn = createTurn();
  let lastBatch: Batch | undefined;
  let stopped: string | undefined;
  const isRunning = (): boolean => stopped === undefined && trainer.current().epoch < epochs;

  const stateNow = async (): Promise<TrainingState> => {
    // Where no step was done, the basis is the one that was resumed: a batch to look at is there only after a step.
    const basis = lastBatch || !resume ? await basisOf({ model, data, tasks, optimizer }, lastBatch) : resume.basis;
    return {
      ...trainer.current(),
      seed,
      sums: ledger.sums(),
      history: ledger.epochs(),
      data: lastBatch ? markData(data, lastBatch.ids) : (resume?.data ?? markData(data, undefined)),
      ...(basis && { basis }),
    };
  };
  const moment = (epoch: number, batch: number): Moment => ({
    run,
    step: trainer.current().step,
    epoch: epoch + 1,
    batch,
    async snapshot() {
      await trainer.settle();
      return stateNow();
    },
    stop(reason) {
      stopped ??= reason;
    },
  });
  const givenUp = new Set<Callback>();
  const notify = async (call: (callback: Callback) => void | Promise<void>): Promise<void> => {
    clock.stop();
    for (const callback of callbacks) {
      if (givenUp.has(callback)) continue;
      const ending = call(callback);
      if (!ending || (await awaitCallback(ending, signal))) continue;
      givenUp.add(callback);
      stopped = `aborted; callbacks[${callbacks.indexOf(callback)}] did not end and was given up`;
    }
    if (signal?.aborted) stopped ??= 'aborted';
  };

  const trainOn = (batch: Batch): Reading => {
    checkInputs('fit', model, batch);
    checkTargets('fit', model, tasks, batch);
    const { step } = trainer.current();
    const reading: Reading = { step: step + 1, samples: batch.ids.length };
    try {
      const device = toDevice(batch);
      try {
        trainer.step(device, learningRateAt(optimizer, step), reading);
      } finally {
        disposeBatch(device);
      }
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      throw adviseOnMemory({ error, model, layer: watched.last(), batchSize: batch.ids.length });
    }
    lastBatch = batch;
    return reading;
  };

  const trainEpoch = async (epoch: number, from: number): Promise<void> => {
    clock.start();
    for await (const batch of ahead(data.epoch(epoch, { from }))) {
      const reading = trainOn(batch);
      const isOver = turn.isOver();
      if (isOver || trainer.windowIsFull()) await trainer.advance();
      if (isOver) await turn.yield();
      await notify((callback) =>
        callback.onStep?.({
          ...moment(epoch, trainer.current().batch),
          samples: reading.samples,
          async loss() {
            await trainer.settle();
            return reading.numbers![0]!;
          },
        }),
      );
      if (stopped !== undefined) break;
      clock.start();
    }
    await trainer.settle();
    clock.stop();
  };

  const endEpoch = async (epoch: number): Promise<void> => {
    const { step, parameters, state, batch } = trainer.current();
    // The validation has turns of its own, the first of which must not add to this one.
    if (validation) await turn.yield();
    const results = validation
      ? await measure({ model, parameters, state }, validation, { ...objectives, ...(signal && { signal }) })
      : {};
    const record = ledger.closeEpoch(epoch + 1, step, results);
    trainer.nextEpoch();
    await notify((callback) => callback.onEpochEnd?.({ ...moment(epoch, batch), record }));
  };

  const explain = async (error: unknown): Promise<unknown> => {
    if (error instanceof BackendError) {
      const { step } = trainer.current();
      // Advice on memory, made from such an error, stands for itself.
      const isExplained = error.cause instanceof BackendError || step === run.firstStep;
      return isExplained ? error : explainBackendFailure({ error, step, callbacks });
    }
    if (!(error instanceof NumericError)) return error;
    const step = ledger.failedStep() ?? trainer.current().step + 1;
    return explainNonFinite({ recipe: { ...recipe, model }, data, step, error, from: trainer.verified() });
  };

  let handedOn = false;
  try {
    await notify((callback) => callback.onBegin?.(run));
    while (isRunning()) {
      const { epoch, batch } = trainer.current();
      await trainEpoch(epoch, batch);
      if (trainer.current().batch < data.batchesPerEpoch) break;
      await endEpoch(epoch).catch((error: unknown) => {
        if (!signal?.aborted || error !== signal.reason) throw error;
        stopped ??= 'aborted';
      });
    }
    stopped ??= 'completed';
    checkFinite(`fit: after step ${trainer.current().step}`, await toHost(trainer.current().parameters));
    const { epoch, batch } = trainer.current();
    const ended = stopped;
    await notify((callback) => callback.onEnd?.({ ...moment(epoch, batch), stopped: ended }));
    const state = await stateNow();
    handedOn = true;
    return {
      network: trainedNetwork(start, model, state, meaning),
      history: { epochs: state.history, stopped, ...(keepSteps && { stepLosses: ledger.stepLosses }) },
      state,
    };
  } catch (error) {
    throw await explain(error);
  } finally {
    await trainer.end({ handOn: handedOn });
  }
}

/** What else is known of the network that training began with is known of the trained one. */
function trainedNetwork(
  start: Model | Network,
  model: Model,
  { parameters, state }: TrainingState,
  meaning: OutputMeanings | undefined,
): Network {
  const { outputMeaning: _, ...known } = 'model' in start ? start : { model };
  return { ...known, parameters, state, ...(meaning !== undefined && { outputMeaning: meaning }) };
}

function firstValues(
  start: Model | Network,
  seed: number,
  optimizer: Optimizer,
  resume: TrainingState | undefined,
): Snapshot {
  if (resume) {
    const { parameters, state, optimizer: slots, step, epoch, batch } = resume;
    return {
      parameters: cloneAll(parameters),
      state: cloneAll(state),
      optimizer: cloneSlots(slots),
      step,
      epoch,
      batch,
    };
  }
  // An optimiser that fails leaves nothing of the values.
  const values = tidy(() => {
    const { parameters, state } =
      'model' in start
        ? { parameters: cloneAll(start.parameters), state: cloneAll(start.state) }
        : initialize(start, { seed });
    return { parameters, state, optimizer: optimizer.init(parameters) };
  });
  return { ...values, step: 0, epoch: 0, batch: 0 };
}
