import { isRecord, sha256, type Json } from '@striate/core';
import { digestOf, type Batch, type BatchArray, type Batches, type DatasetDigest } from '@striate/data';
import type { Optimizer } from './optimizers/optimizer.ts';
import type { Task } from './tasks.ts';

type Options = Readonly<Record<string, Json | undefined>>;
type Fields = Readonly<Record<string, unknown>>;

/**
 * What decides the steps of a training besides model and seed, so that a resume on another basis can be refused. Plain
 * JSON. The learning rate is not part of it, nor are epochs, metrics, callbacks and the backend: they may change.
 */
export interface Basis {
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

/** The basis of a training that has come as far as a batch. */
export async function basisOf(
  { data, tasks, optimizer }: { data: Batches; tasks: readonly Task[]; optimizer: Optimizer },
  lastBatch: Batch | undefined,
): Promise<Basis> {
  const { dataset, order, preprocessing } = data;
  // How pictures from elsewhere are brought to the data's form decides no step.
  const { picture: _, ...pixels } = preprocessing ?? {};
  const { learningRate: __, ...options } = optimizer.options;
  const basis: Basis = {
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
  const { dataset, lastBatch: _, losses, ...rest } = before;
  const others = Object.keys(now.losses).filter((name) => !Object.hasOwn(losses, name));
  return [
    ...(dataset && now.dataset ? datasetDifferences(dataset, now.dataset) : []),
    ...others.map((name) => `no loss for the output ${name}`),
    ...jsonDifferences('', { ...rest, losses }, { ...now }),
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

function jsonDifferences(path: string, before: Fields, now: Fields): string[] {
  return Object.entries(before).flatMap(([name, value]) => {
    const other = now[name];
    const place = path === '' ? name : `${path}.${name}`;
    if (isRecord(value) && isRecord(other)) return jsonDifferences(place, value, other);
    if (JSON.stringify(value) === JSON.stringify(other)) return [];
    if (path === '' && other === undefined) return []; // batches made by hand
    return [`${place} ${short(value)} instead of ${short(other)}`];
  });
}

function short(value: unknown): string {
  const text = value === undefined ? 'none' : JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 40)}...`;
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
