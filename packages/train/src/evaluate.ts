import { OptionError, dispose, tidy, type Tensor } from '@striate/core';
import type { Batches } from '@striate/data';
import { forward, type Network } from '@striate/layers';
import { ahead } from './ahead.ts';
import { checkModel } from './check-model.ts';
import { disposeBatch, toDevice } from './device-batch.ts';
import { createTurn } from './event-loop.ts';
import { addToSums, meansOf } from './history.ts';
import type { Loss } from './losses/loss.ts';
import type { Metric } from './metrics/metric.ts';
import { createReadings } from './readings.ts';
import { noSums } from './training-state.ts';

/** What {@link evaluate} computes. */
export interface EvaluateOptions {
  loss: Loss;
  /** Default: none. */
  metrics?: readonly Metric[];
  /** Stops at the next batch, by throwing the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Loss and metrics of a network over all samples of the batches' first epoch, with layers in inference mode. Penalties
 * are not part of the loss. Yields to the event loop at least every 50 ms, longer single batches apart.
 *
 * @returns means over the samples by name: `{ loss, accuracy, ... }`
 * @throws {DataError} for a label out of range, naming the sample
 * @throws {ShapeError} if the images do not fit the model
 * @throws {OptionError} if the model's output is not what the loss takes
 * @example
 * const { accuracy: share } = await evaluate(network, batches(test, { size: 256, preprocessing }), {
 *   loss: crossEntropy(),
 *   metrics: [accuracy()],
 * });
 */
export async function evaluate(
  network: Network,
  data: Batches,
  { loss, metrics = [], signal }: EvaluateOptions,
): Promise<Record<string, number>> {
  checkModel('evaluate', network.model, loss);
  const names = ['loss', ...metrics.map(({ name }) => name)];
  const outputShape = network.model.outputShapes[0]!;
  let sums = noSums;
  const readings = createReadings(({ samples, numbers }) => {
    sums = addToSums(sums, names, numbers!, samples);
  });
  const turn = createTurn();
  try {
    for await (const batch of ahead(data.epoch(0))) {
      signal?.throwIfAborted();
      loss.check({ ...batch, outputShape });
      const device = toDevice(batch);
      try {
        readings.push({ step: 0, samples: batch.ids.length }, evaluateBatch(network, device, loss, metrics));
      } finally {
        disposeBatch(device);
      }
      if (!turn.isOver()) continue;
      await readings.advance();
      await turn.yield();
    }
    await readings.settle();
  } finally {
    readings.dispose();
  }
  if (sums.samples === 0) throw new OptionError('evaluate: the data have no batches.');
  return meansOf(sums);
}

function evaluateBatch(
  { model, parameters, state }: Network,
  { inputs, targets, weights }: ReturnType<typeof toDevice>,
  loss: Loss,
  metrics: readonly Metric[],
): Tensor[] {
  return tidy(() => {
    const { outputs, losses } = forward(model, { parameters, state, inputs: [inputs] });
    dispose(losses);
    const logits = outputs[0]!;
    return [
      loss.compute({ outputs: logits, targets, weights }),
      ...metrics.map((metric) => metric.compute({ outputs: logits, targets })),
    ];
  });
}
