import { DataError, OptionError, checkShapes, hashName, type ParameterSpec } from '@striate/core';
import type { Batch, Batches } from '@striate/data';
import { parameterSpecs, stateSpecs } from '@striate/layers';
import { batchDigest, basisOf, differences, type TrainedBy } from './basis.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import type { DataMark, TrainingState } from './training-state.ts';

/** By what the data's order is known again after a batch. */
export function markData({ dataset, size }: Batches, ids: Batch['ids'] | undefined): DataMark {
  return { length: dataset.length, size, lastBatch: ids ? hashName(ids.join()) : 0 };
}

/**
 * Checks that a training state belongs to the model, the optimiser, the losses and the data.
 *
 * @throws {DataError} naming what differs
 * @throws {OptionError} if the optimiser or the seed is another one
 */
export async function checkResume(
  training: TrainingState,
  { model, optimizer, tasks, data, seed }: TrainedBy & { seed: number | undefined },
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
  checkSize(training, data);
  await checkBasis(training, { model, data, tasks, optimizer });
  checkPosition(training, data);
  await checkLastBatch(training, data);
}

/** How a training goes on where its basis is another one on purpose. */
const anyway =
  'Give the same, or train anew; to go on all the same, on purpose: resume: { ...state, basis: undefined }.';

async function checkBasis({ basis }: TrainingState, now: TrainedBy): Promise<void> {
  if (basis === undefined) return;
  const found = differences(basis, await basisOf(now, undefined));
  if (found.length === 0) return;
  const more = found.length > 4 ? [...found.slice(0, 4), `${found.length - 4} more`] : found;
  throw new DataError(`fit: the training that is resumed had ${more.join(', ')}. ${anyway}`);
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

function checkSize({ data: mark }: TrainingState, data: Batches): void {
  const { length, size } = markData(data, undefined);
  if (length !== mark.length || size !== mark.size) {
    throw new DataError(
      `fit: the training that is resumed had ${mark.length} samples in batches of ${mark.size}, but these data are ${length} in batches of ${size}. Give the same data.`,
    );
  }
}

function checkPosition({ step, epoch, batch }: TrainingState, data: Batches): void {
  if (step === epoch * data.batchesPerEpoch + batch) return;
  throw new DataError(
    `fit: resume is at step ${step}, but ${epoch} epochs of ${data.batchesPerEpoch} batches and ${batch} more are other ones. It is damaged, or the data are other ones.`,
  );
}

/** Whether the last batch trained on holds the samples and the contents that it held then. */
async function checkLastBatch({ step, epoch, batch, data: mark, basis }: TrainingState, data: Batches): Promise<void> {
  if (step === 0) return;
  const [lastEpoch, lastBatch] = batch > 0 ? [epoch, batch - 1] : [epoch - 1, data.batchesPerEpoch - 1];
  const where = `batch ${lastBatch + 1} of epoch ${lastEpoch + 1}`;
  for await (const found of data.epoch(lastEpoch, { from: lastBatch })) {
    if (markData(data, found.ids).lastBatch !== mark.lastBatch) {
      throw new DataError(
        `fit: ${where} holds other samples than in the training that is resumed. Give the same data with the same seed.`,
      );
    }
    if (basis?.lastBatch === undefined || (await batchDigest(found)) === basis.lastBatch) return;
    throw new DataError(
      `fit: ${where} holds the same samples as in the training that is resumed, but other contents: other images, or the function of ` +
        `mapBatches makes something else of them (it must give the same for the same batch). ${anyway}`,
    );
  }
}
