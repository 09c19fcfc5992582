import { DataError, OptionError, hashName, type ParameterSpec } from '@striate/core';
import type { Batch, Batches } from '@striate/data';
import { parameterSpecs, stateSpecs, type Model } from '@striate/layers';
import { checkShapes } from './files/host-values.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import type { DataMark, TrainingState } from './training-state.ts';

/** By what the data's order is known again after a batch. */
export function markData({ dataset, size }: Batches, ids: Batch['ids'] | undefined): DataMark {
  return { length: dataset.length, size, lastBatch: ids ? hashName(ids.join()) : 0 };
}

/**
 * Checks that a training state belongs to the model, the optimiser and the data.
 *
 * @throws {DataError} naming the first difference
 * @throws {OptionError} if the optimiser or the seed is another one
 */
export async function checkResume(
  training: TrainingState,
  { model, optimizer, data, seed }: { model: Model; optimizer: Optimizer; data: Batches; seed: number | undefined },
): Promise<void> {
  const parameters = parameterSpecs(model);
  checkShapes('fit: resume.parameters', training.parameters, parameters);
  checkShapes('fit: resume.state', training.state, stateSpecs(model));
  checkSlots(training, parameters, optimizer);
  if (seed !== undefined && seed !== training.seed) {
    throw new OptionError(
      `fit: seed is ${seed}, but the training that is resumed has ${training.seed}. Leave the seed out.`,
    );
  }
  await checkData(training, data);
}

function checkSlots(
  { optimizer: found }: TrainingState,
  parameters: Record<string, ParameterSpec>,
  optimizer: Optimizer,
): void {
  const slots = Object.keys(optimizer.init({}));
  if (slots.join() !== Object.keys(found).join()) {
    throw new OptionError(
      `fit: ${optimizer.type} keeps [${slots.join(', ')}] for each parameter, but the training that is resumed has [${Object.keys(found).join(', ')}]. ` +
        'Resume with the optimizer that it began with.',
    );
  }
  for (const slot of slots) checkShapes(`fit: resume.optimizer.${slot}`, found[slot]!, parameters);
}

async function checkData({ step, epoch, batch, data: mark }: TrainingState, data: Batches): Promise<void> {
  const { length, size } = markData(data, undefined);
  if (length !== mark.length || size !== mark.size) {
    throw new DataError(
      `fit: the training that is resumed had ${mark.length} samples in batches of ${mark.size}, but these data are ${length} in batches of ${size}. Give the same data.`,
    );
  }
  if (step === 0) return;
  const [lastEpoch, lastBatch] = batch > 0 ? [epoch, batch - 1] : [epoch - 1, data.batchesPerEpoch - 1];
  for await (const { ids } of data.epoch(lastEpoch, { from: lastBatch })) {
    if (markData(data, ids).lastBatch === mark.lastBatch) return;
    throw new DataError(
      `fit: batch ${lastBatch + 1} of epoch ${lastEpoch + 1} holds other samples than in the training that is resumed. Give the same data with the same seed.`,
    );
  }
}
