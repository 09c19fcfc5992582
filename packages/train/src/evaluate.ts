import { NumericError, OptionError, checkOptions, tidy, type Tensor } from '@striate/core';
import type { Batches } from '@striate/data';
import { createTurn } from '@striate/inference/internal';
import { forward, type Network, checkNetwork } from '@striate/layers';
import { ahead } from './ahead.ts';
import { checkBatches } from './check-batches.ts';
import { inputsOf } from './check-inputs.ts';
import { checkMeaning } from './check-meaning.ts';
import { checkSignal } from './check-signal.ts';
import type { DeviceBatch } from './device-batch.ts';
import { firstNonFinite } from './explain-non-finite.ts';
import { addToSums, meansOf, noSums } from './epoch-sums.ts';
import { onDevice } from './on-device.ts';
import { createReadings } from './readings.ts';
import { batchNumbers, computeLoss, computeNumbers, tasksOf, type Objectives, type Task } from './tasks.ts';

/** What {@link evaluate} computes. */
export interface EvaluateOptions extends Objectives {
  /** Stops at the next batch, by throwing the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Loss and metrics of a network over all samples of the batches' first epoch, with layers in inference mode. Penalties
 * are not part of the loss. Yields to the event loop at least every 50 ms, longer single batches apart.
 *
 * @returns means over the samples by name: `{ loss, accuracy, ... }`; with several outputs 'main.loss' and so on
 * @throws {DataError} for a label out of range, naming the sample
 * @throws {ShapeError} if the images do not fit the model
 * @throws {OptionError} if the model's output is not what the loss takes, or means something else since its training; for anything but a network, batches and known
 * options, saying what to write
 * @throws {NumericError} if the loss is NaN or infinite, naming the parameter that is, if any
 * @throws {BackendError} if no backend is in use
 * @example
 * const { accuracy: share } = await evaluate(network, batches(test, { size: 256, preprocessing }), {
 *   loss: crossEntropy(),
 *   metrics: [accuracy()],
 * });
 */
export async function evaluate(
  network: Network,
  data: Batches,
  options: EvaluateOptions,
): Promise<Record<string, number>> {
  const means = await measure(network, data, options);
  if (Number.isFinite(means['loss'])) return means;
  const spoilt = await firstNonFinite({ ...network.parameters, ...network.state });
  const place = spoilt
    ? `'${spoilt}' is not finite: take the network from before`
    : 'all parameters are finite: look at the data';
  throw new NumericError(
    `evaluate: the loss is ${means['loss']}, so that metrics mean nothing. Of the network ${place}.`,
  );
}

/** {@link evaluate}, whatever the numbers are. */
export async function measure(
  network: Network,
  data: Batches,
  options: EvaluateOptions,
): Promise<Record<string, number>> {
  checkOptions(
    'evaluate',
    options,
    { loss: true, lossWeights: true, metrics: true, signal: true },
    'evaluate(network, batches(test, { size: 256 }), { loss: crossEntropy(), metrics: [accuracy()] })',
  );
  const { signal, ...objectives } = options;
  checkNetwork('evaluate', network);
  checkBatches('evaluate: data', data);
  checkSignal('evaluate', signal);
  const tasks = tasksOf('evaluate', network.model, objectives);
  checkMeaning('evaluate', network, tasks);
  const wanted = batchNumbers(tasks);
  let sums = noSums;
  const readings = createReadings(({ samples, numbers }) => {
    sums = addToSums(sums, wanted, numbers!, samples);
  });
  const turn = createTurn();
  try {
    for await (const batch of ahead(data.epoch(0))) {
      signal?.throwIfAborted();
      const found = onDevice('evaluate', { model: network.model, tasks }, batch, (device) =>
        evaluateBatch(network, device, tasks),
      );
      readings.push({ step: 0, samples: batch.ids.length }, found);
      if (!turn.isOver()) continue;
      await readings.advance();
      await turn.yield();
    }
    await readings.settle();
  } finally {
    await readings.dispose();
  }
  if (sums.samples === 0) throw new OptionError('evaluate: the data have no batches.');
  return meansOf(sums);
}

function evaluateBatch({ model, parameters, state }: Network, batch: DeviceBatch, tasks: readonly Task[]): Tensor[] {
  return tidy(() => {
    const { outputs } = forward(model, { parameters, state, inputs: inputsOf(model, batch) });
    const { loss, parts } = computeLoss(tasks, outputs, batch);
    return [loss, ...computeNumbers(tasks, outputs, parts, batch)];
  });
}
