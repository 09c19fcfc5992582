import { sha256, type Json } from '@striate/core';
import { digestOf, type Batch, type BatchArray, type Batches, type DatasetDigest } from '@striate/data';
import type { ModelGraph } from '@striate/layers';
import { jsonDifferences } from './json-differences.ts';
import { modelBasis, modelDifferences, type ModelBasis } from './model-basis.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import type { Task } from './tasks.ts';

type Options = Readonly<Record<string, Json | undefined>>;

/**
 * What decides the steps of a training besides the seed, so that a resume on another basis can be refused. Plain
 * JSON. The learning rate is not part of it, nor are epochs, metrics, callbacks and the backend: they may change.
 */
export interface Basis {
  /** Absent in checkpoints of versions that did not look at it. */
  readonly model?: ModelBasis;
  readonly dataset?: DatasetDigest;
  readonly order?: Options;
  readonly preprocessing?: Options;
  /** SHA-256 of the contents of the last batch trained on: shows what mapBatches makes of the samples. */
  readonly lastBatch?: string;
  /** By the output's name. */
  readonly losses: Readonly<
    Record<string, { readonly type: string; readonly options: Options; readonly weight: number }>
  >;
  readonly optimizer: { readonly type: string; readonly options: Options };
}

/** What a training is made of. */
export interface TrainedBy {
  model: ModelGraph;
  data: Batches;
  /** Batches that make one step. */
  accumulate: number;
  tasks: readonly Task[];
  optimizer: Optimizer;
}

/** The basis of a training that has come as far as a batch. */
export async function basisOf(
  { model, data, tasks, optimizer }: TrainedBy,
  lastBatch: Batch | undefined,
): Promise<Basis> {
  const { dataset, order, preprocessing } = data;
  // How pictures from elsewhere are brought to the data's form decides no step.
  const { picture: _, ...pixels } = preprocessing ?? {};
  const { learningRate: __, ...options } = optimizer.options;
  const basis: Basis = {
    model: modelBasis(model),
    ...(isWhole(dataset) && { dataset: await digestOf(dataset) }),
    ...(order && { order: { ...order } }),
    ...(preprocessing && { preprocessing: pixels }),
    ...(lastBatch && { lastBatch: await batchDigest(lastBatch) }),
    losses: Object.fromEntries(
      tasks.map(({ name, loss, weight }) => [name, { type: loss.type, options: loss.options, weight }]),
    ),
    optimizer: { type: optimizer.type, options },
  };
  return JSON.parse(JSON.stringify(basis)) as Basis; // as it comes out of a file
}

/** Whether it is more than the length, which is all that batches made by hand need. */
function isWhole({ labels, inputShape, classNames }: Partial<Batches['dataset']>): boolean {
  return labels !== undefined && inputShape !== undefined && classNames !== undefined;
}

/**
 * What differs between the basis of a training and the one that it is to go on with, each in a few words. What one of
 * them does not know is no difference: a later version may know more.
 */
export function differences(before: Basis, now: Basis): string[] {
  const { model, dataset, lastBatch: _, losses, ...rest } = before;
  // Batches made by hand have no order, no preprocessing.
  const known = Object.fromEntries(Object.entries(rest).filter(([part]) => now[part as keyof Basis] !== undefined));
  const others = Object.keys(now.losses).filter((name) => !Object.hasOwn(losses, name));
  return [
    ...(model && now.model ? modelDifferences(model, now.model) : []),
    ...(dataset && now.dataset ? datasetDifferences(dataset, now.dataset) : []),
    ...others.map((name) => `no loss for the output ${name}`),
    ...jsonDifferences('', { ...known, losses }, { ...now }, 'before'),
  ];
}

function datasetDifferences(before: DatasetDigest, now: DatasetDigest): string[] {
  const words = { images: 'other images', labels: 'other labels', classNames: 'other class names' } as const;
  const differing = (['images', 'labels', 'classNames'] as const).filter(
    (part) => before[part] !== undefined && now[part] !== undefined && before[part] !== now[part],
  );
  const shapes = before.inputShape.join(' x ') === now.inputShape.join(' x ') ? [] : ['images of another shape'];
  return [...shapes, ...differing.map((part) => words[part])];
}

/** SHA-256 of all that a batch holds. */
export async function batchDigest(batch: Batch): Promise<string> {
  const { inputs, inputShape, targets, targetShape, weights, moreInputs = {}, moreTargets = {} } = batch;
  const arrays: [string, BatchArray][] = [
    ['inputs', { values: inputs, shape: inputShape }],
    ['targets', { values: targets, shape: targetShape }],
    ...(weights ? [['weights', { values: weights, shape: [weights.length] }] as [string, BatchArray]] : []),
    ...named('moreInputs', moreInputs),
    ...named('moreTargets', moreTargets),
  ];
  const lines = arrays.map(async ([name, { values, shape }]) => {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return `${name} [${shape.join()}] ${await sha256(new Uint8Array(bytes))}`;
  });
  return sha256(new TextEncoder().encode((await Promise.all(lines)).join('\n')));
}

function named(group: string, arrays: Readonly<Record<string, BatchArray>>): [string, BatchArray][] {
  return Object.entries(arrays)
    .map(([name, array]): [string, BatchArray] => [`${group} ${JSON.stringify(name)}`, array])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}
