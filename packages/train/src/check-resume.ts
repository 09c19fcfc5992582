import { DataError, OptionError, checkShapes, hashName, type ParameterSpec } from '@striate/core';
import type { Batch } from '@striate/data';
import { frozenParameters, parameterSpecs, stateSpecs } from '@striate/layers';
import { batchDigest, basisOf, differences, type TrainedBy } from './basis.ts';
import type { DataMark, TrainingState } from './training-state.ts';

/** By what the data's order is known again after a batch. */
export function markData({ data, accumulate }: Ordered, ids: Batch['ids'] | undefined): DataMark {
  const { dataset, size } = data;
  const lastBatch = ids ? hashName(ids.join()) : 0;
  return { length: dataset.length, size, ...(accumulate > 1 && { accumulate }), lastBatch };
}

/** What decides which samples a step is made of. */
type Ordered = Pick<TrainedBy, 'data' | 'accumulate'>;

/**
 * Checks that a training state belongs to the model, the optimiser, the losses and the data.
 *
 * @throws {DataError} naming what differs
 * @throws {OptionError} if the optimiser or the seed is another one
 */
export async function checkResume(
  training: TrainingState,
  now: TrainedBy & { seed: number | undefined },
): Promise<void> {
  const { model, seed } = now;
  const parameters = parameterSpecs(model);
  checkShapes('fit: resume.parameters', training.parameters, parameters);
  checkShapes('fit: resume.state', training.state, stateSpecs(model));
  checkSlots(training, parameters, now);
  if (seed !== undefined && seed !== training.seed) {
    throw new OptionError(
      `fit: seed is ${seed}, but the training that is resumed has ${training.seed}. Leave the seed out.`,
    );
  }
  checkSize(training, now);
  await checkBasis(training, now);
  checkPosition(training, now);
  await checkLastBatch(training, now);
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
  { model, optimizer }: TrainedBy,
): void {
  const slots = Object.keys(optimizer.init({}));
  if (slots.join() !== Object.keys(found).join()) {
    throw new OptionError(
      `fit: ${optimizer.type} keeps [${slots.join(', ')}] for each parameter, but the training that is resumed has [${Object.keys(found).join(', ')}]. ` +
        'Resume with the optimizer that it began with.',
    );
  }
  const frozen = frozenParameters(model);
  for (const slot of slots) {
    const values = found[slot]!;
    const isThere = (name: string): boolean => Object.hasOwn(values, name);
    const missing = Object.keys(parameters).find((name) => !frozen.has(name) && !isThere(name));
    if (missing !== undefined) {
      throw new OptionError(
        `fit: resume.optimizer.${slot} has nothing of '${missing}': it was frozen in the training that is resumed, or the state is damaged. ` +
          'Freeze it again, or begin anew with its network: fit({ model, parameters: state.parameters, state: state.state }, options).',
      );
    }
    const wanted = Object.entries(parameters).filter(([name]) => isThere(name));
    checkShapes(`fit: resume.optimizer.${slot}`, values, Object.fromEntries(wanted));
  }
}

function checkSize({ data: mark }: TrainingState, now: Ordered): void {
  const { length, size, accumulate = 1 } = markData(now, undefined);
  if (length !== mark.length || size !== mark.size) {
    throw new DataError(
      `fit: the training that is resumed had ${mark.length} samples in batches of ${mark.size}, but these data are ${length} in batches of ${size}. Give the same data.`,
    );
  }
  const { accumulate: before = 1 } = mark;
  if (before === accumulate) return;
  throw new OptionError(
    `fit: accumulate is ${accumulate}, but the training that is resumed made each step of ${before} batches. Write accumulate: ${before}.`,
  );
}

function checkPosition({ step, epoch, batch }: TrainingState, { data, accumulate }: Ordered): void {
  const { batchesPerEpoch } = data;
  const steps = epoch * Math.ceil(batchesPerEpoch / accumulate) + Math.ceil(batch / accumulate);
  const isBetweenSteps = batch % accumulate === 0 || batch === batchesPerEpoch;
  if (step === steps && isBetweenSteps) return;
  throw new DataError(
    `fit: resume is at step ${step}, but ${epoch} epochs of ${batchesPerEpoch} batches and ${batch} more are other ones. It is damaged, or the data are other ones.`,
  );
}

/** Whether the last batch trained on holds the samples and the contents that it held then. */
async function checkLastBatch({ step, epoch, batch, data: mark, basis }: TrainingState, now: Ordered): Promise<void> {
  if (step === 0) return;
  const { data } = now;
  const [lastEpoch, lastBatch] = batch > 0 ? [epoch, batch - 1] : [epoch - 1, data.batchesPerEpoch - 1];
  const where = `batch ${lastBatch + 1} of epoch ${lastEpoch + 1}`;
  for await (const found of data.epoch(lastEpoch, { from: lastBatch })) {
    if (markData(now, found.ids).lastBatch !== mark.lastBatch) {
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
