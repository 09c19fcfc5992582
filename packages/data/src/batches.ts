import {
  checkChoice,
  checkFlag,
  checkOptions,
  describe,
  OptionError,
  checkUint32,
  permutation,
  streams,
  type Preprocessing,
} from '@striate/core';
import { checkPreprocessing } from '@striate/images';
import { inputTables, writeInputs } from '@striate/images/internal';
import { checkDataset } from './check-dataset.ts';
import { pixelsOf, type Dataset } from './dataset.ts';
import { plainPreprocessing } from './fit-preprocessing.ts';

/** A further array of a batch, one entry for each sample. */
export interface BatchArray {
  readonly values: Float32Array | Int32Array;
  /** [N, ...] */
  readonly shape: readonly number[];
}

/** Some samples, as plain arrays that belong to whoever gets them. */
export interface Batch {
  readonly inputs: Float32Array;
  /** [N, H, W, C] */
  readonly inputShape: readonly number[];
  /** Class indices, or shares of each class where labels are soft. */
  readonly targets: Int32Array | Float32Array;
  /** [N], or [N, classes] for soft labels. */
  readonly targetShape: readonly number[];
  /** [N] how much each sample counts in the loss; 1 if absent. */
  readonly weights?: Float32Array;
  /** [N] index of each sample in the data set. */
  readonly ids: Uint32Array;
  /** For models with several inputs: all but one of them, by the name of the model's input. */
  readonly moreInputs?: Readonly<Record<string, BatchArray>>;
  /** For models with several outputs: targets by the output's name; the other outputs have `targets`. */
  readonly moreTargets?: Readonly<Record<string, BatchArray>>;
}

/** How `batches` cuts an epoch. */
export interface BatchesOptions {
  /** Samples in a batch. */
  readonly size: number;
  /** Which random orders; needed for shuffling. */
  readonly seed?: number;
  /** A new random order in each epoch. Default: true if there is a seed. */
  readonly shuffle?: boolean;
  /** What to do with the samples at the end of an epoch that do not fill a batch: a smaller batch ('keep', default), or none. */
  readonly lastBatch?: 'keep' | 'drop';
  /** How pixels become inputs. Default: pixel / 255. */
  readonly preprocessing?: Preprocessing;
}

/** What decides which samples a batch holds. */
export interface BatchesOrder {
  /** Absent where nothing is shuffled. */
  readonly seed?: number;
  readonly shuffle: boolean;
  readonly lastBatch: 'keep' | 'drop';
}

const known = { size: true, seed: true, shuffle: true, lastBatch: true, preprocessing: true } as const;

/** A data set in batches: every epoch is a pure function of data set, options and the epoch's number. */
export interface Batches {
  readonly dataset: Dataset;
  readonly size: number;
  readonly batchesPerEpoch: number;
  readonly preprocessing: Preprocessing;
  /** What decides which samples a batch holds, besides its size; absent in batches made by hand. */
  readonly order?: BatchesOrder;
  /**
   * The batches of epoch `n`, counted from 0.
   *
   * @param options `from`: begin with this batch, at no cost for those before it
   * @throws OptionError if there is no such epoch or batch
   */
  epoch(n: number, options?: { readonly from?: number }): AsyncIterable<Batch>;
}

/**
 * Cuts a data set into batches. With a seed, epoch n's order is the permutation of (seed, n), so that training can be
 * resumed at any batch of any epoch; without one, it is the data set's.
 *
 * @returns see `Batches`; N updates an epoch are `batchesPerEpoch`: ceil(length / size), or floor where the last,
 * smaller batch is dropped
 * @throws OptionError if an option is unknown or impossible, or not one batch would result
 * @throws DataError if the parts of the data set do not belong together
 * @example
 * ```ts
 * const { train } = await mnist();
 * const data = batches(train, { size: 64, seed: 1 });
 * for await (const { inputs, targets } of data.epoch(0)) console.log(inputs.length, targets.length);
 * ```
 */
export function batches(dataset: Dataset, options: BatchesOptions): Batches {
  checkOptions('batches', options, known, 'batches(train, { size: 64, seed: 1 })');
  checkDataset('batches', dataset);
  const { size, seed, shuffle = seed !== undefined, lastBatch = 'keep' } = options;
  const { preprocessing = plainPreprocessing(dataset) } = options;
  checkValues(dataset, { ...options, shuffle, lastBatch }, preprocessing);
  const { length } = dataset;
  const batchesPerEpoch = lastBatch === 'keep' ? Math.ceil(length / size) : Math.floor(length / size);
  const tables = inputTables(preprocessing);
  return {
    dataset,
    size,
    batchesPerEpoch,
    preprocessing,
    order: { ...(shuffle && seed !== undefined && { seed }), shuffle, lastBatch },
    epoch(n, place = {}): AsyncIterable<Batch> {
      checkOptions('epoch', place, { from: true }, 'data.epoch(0, { from: 10 })');
      const { from = 0 } = place;
      checkUint32(n, 'epoch', 'batches');
      if (!Number.isInteger(from) || from < 0 || from > batchesPerEpoch) {
        throw new OptionError(
          `batches: epoch ${n} cannot begin with batch ${describe(from)}: its batches are 0 to ${batchesPerEpoch - 1}.`,
        );
      }
      const order =
        shuffle && seed !== undefined
          ? permutation({ seed, stream: streams.shuffle, call: 0, step: n }, length)
          : Uint32Array.from({ length }, (_, index) => index);
      return readBatches(dataset, order, { from, to: batchesPerEpoch, size, tables });
    },
  };
}

async function* readBatches(
  dataset: Dataset,
  order: Uint32Array,
  { from, to, size, tables }: { from: number; to: number; size: number; tables: Float32Array },
): AsyncGenerator<Batch> {
  for (let index = from; index < to; index++) {
    yield await readBatch(dataset, order.slice(index * size, (index + 1) * size), tables);
  }
}

async function readBatch(dataset: Dataset, ids: Uint32Array, tables: Float32Array): Promise<Batch> {
  const { inputShape } = dataset;
  const imageSize = inputShape[0] * inputShape[1] * inputShape[2];
  const inputs = new Float32Array(ids.length * imageSize);
  const targets = new Int32Array(ids.length);
  for (const [place, id] of ids.entries()) {
    targets[place] = dataset.labels[id]!;
    const pixels =
      dataset.pixels?.subarray(id * imageSize, (id + 1) * imageSize) ?? pixelsOf(dataset, id, await dataset.get(id));
    writeInputs(inputs, place * imageSize, pixels, tables);
  }
  return { inputs, inputShape: [ids.length, ...inputShape], targets, targetShape: [ids.length], ids };
}

function checkValues(
  { name, length, inputShape }: Dataset,
  { size, seed, shuffle, lastBatch }: Required<Pick<BatchesOptions, 'size' | 'shuffle' | 'lastBatch'>> & BatchesOptions,
  preprocessing: Preprocessing,
): void {
  if (!Number.isInteger(size) || size < 1)
    throw new OptionError(`batches: size is ${describe(size)}, but must be a whole number >= 1.`);
  if (seed !== undefined) checkUint32(seed, 'seed', 'batches');
  checkFlag('batches', 'shuffle', shuffle);
  checkChoice('batches', 'lastBatch', lastBatch, ['keep', 'drop']);
  if (shuffle && seed === undefined) {
    throw new OptionError(
      'batches: shuffle needs a seed, so that the order can be had again: batches(dataset, { size, seed: 1 }).',
    );
  }
  if (length === 0) throw new OptionError(`batches: ${name} has no samples.`);
  if (lastBatch === 'drop' && length < size) {
    throw new OptionError(
      `batches: the ${length} samples of ${name} do not fill one batch of ${size}, and lastBatch is 'drop'. Give a smaller size, or 'keep'.`,
    );
  }
  checkPreprocessing('batches: preprocessing', preprocessing);
  const {
    size: [height, width],
    channels,
  } = preprocessing;
  if (inputShape.join() !== [height, width, channels].join()) {
    throw new OptionError(
      `batches: the images of ${name} are ${inputShape.join(' x ')}, but the preprocessing is for ${height} x ${width} x ${channels}.`,
    );
  }
}
