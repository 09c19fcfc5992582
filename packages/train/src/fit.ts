import { occupyBackend, requireBackend } from '@striate/core';
import { checkFinite, toHost } from '@striate/inference/internal';
import { type Model, type Network, checkModelOrNetwork } from '@striate/layers';
import type { Run } from './callbacks/callback.ts';
import type { TrainedBy } from './basis.ts';
import { checkResume } from './check-resume.ts';
import { createEpochRunner } from './epoch-runner.ts';
import { measure } from './evaluate.ts';
import { explainFailure } from './explain-failure.ts';
import { firstValues } from './first-values.ts';
import { checkFitOptions, type FitOptions } from './fit-options.ts';
import type { History } from './history.ts';
import { watchModel } from './layer-in-progress.ts';
import { createKeeper } from './keeper.ts';
import { createLedger } from './ledger.ts';
import { createNotifier } from './notifier.ts';
import { prepareStep } from './step/prepare-step.ts';
import { takeState } from './take-state.ts';
import { factsOf, trainedNetwork } from './network-facts.ts';
import { batchNumbers } from './tasks.ts';
import type { TrainingState } from './training-state.ts';

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
  checkModelOrNetwork('fit', start);
  requireBackend('fit');
  checkFitOptions(options);
  const { data, validation, epochs, optimizer, callbacks = [], signal, resume } = options;
  const { loss, lossWeights = {}, metrics = [], accumulate = 1, stepLosses = false } = options;
  const model = 'model' in start ? start.model : start;
  const objectives = { loss, lossWeights, metrics };
  const seed = resume?.seed ?? options.seed ?? 0;
  const watched = watchModel(model);
  const step = prepareStep('fit', watched.model, { ...objectives, optimizer, seed });
  const { tasks } = step;
  const facts = factsOf('fit', model, tasks, 'model' in start ? start : {}, data);
  const by: TrainedBy = { model, data, accumulate, tasks, optimizer };
  if (resume) await checkResume(resume, { ...by, seed: options.seed });

  const stepsPerEpoch = Math.ceil(data.batchesPerEpoch / accumulate);
  const ledger = createLedger(batchNumbers(tasks), stepsPerEpoch, { from: resume, keepSteps: stepLosses });
  const { clock } = ledger;
  const keeper = createKeeper(firstValues(start, step, resume), ledger.enter);
  const firstStep = keeper.current().step;
  const run: Run = {
    model,
    optimizer,
    epochs,
    firstStep,
    stepsPerEpoch,
    batchesPerEpoch: data.batchesPerEpoch,
    facts,
  };
  const state = (): Promise<TrainingState> =>
    takeState({ by, seed, keeper, ledger, lastBatch: runner.lastBatch(), resume });
  const notifier = createNotifier({ run, callbacks, signal, clock, keeper, state });
  const runner = createEpochRunner({
    step,
    model,
    data,
    accumulate,
    keeper,
    clock,
    notifier,
    lastLayer: watched.last,
  });

  /** Validates and books an epoch whose steps are done. */
  const endEpoch = async (): Promise<void> => {
    const { epoch, step: done, parameters, state: statistics } = keeper.current();
    const network = { model, parameters, state: statistics };
    const results = validation ? await measure(network, validation, { ...objectives, ...(signal && { signal }) }) : {};
    const record = ledger.closeEpoch(epoch + 1, done, results);
    keeper.nextEpoch();
    await notifier.epochEnd(record);
  };

  let handedOn = false;
  try {
    await notifier.begin();
    while (notifier.stopped() === undefined && keeper.current().epoch < epochs) {
      await runner.run();
      if (keeper.current().batch < data.batchesPerEpoch) break;
      await endEpoch().catch((error: unknown) => {
        if (!signal?.aborted || error !== signal.reason) throw error;
        notifier.stop('aborted');
      });
    }
    checkFinite(`fit: after step ${keeper.current().step}`, await toHost(keeper.current().parameters));
    const stopped = await notifier.end();
    const last = await state();
    handedOn = true;
    return {
      network: trainedNetwork('model' in start ? start : { model }, facts, last),
      history: { epochs: last.history, stopped, ...(stepLosses && { stepLosses: ledger.stepLosses }) },
      state: last,
    };
  } catch (error) {
    throw await explainFailure({ error, step, data, accumulate, keeper, ledger, callbacks, firstStep });
  } finally {
    await keeper.end({ handOn: handedOn });
  }
}
