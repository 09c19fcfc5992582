import {
  DataError,
  OptionError,
  ShapeError,
  arrayKind,
  checkRange,
  clipped,
  describe,
  isRecord,
  isTensor,
  ops,
  scalar,
  suggestion,
  tidy,
  type OutputMeaning,
  type OutputMeanings,
  type Tensor,
} from '@striate/core';
import type { Batch } from '@striate/data';
import { outputActivation, outputNames, type ModelGraph } from '@striate/layers';
import type { DeviceBatch } from './device-batch.ts';
import type { BatchNumber } from './epoch-sums.ts';
import type { Loss } from './losses/loss.ts';
import { checkLoss } from './losses/losses.ts';
import { weightedMean } from './losses/weighted-mean.ts';
import type { Metric } from './metrics/metric.ts';
import { checkMetrics } from './metrics/metrics.ts';

/** What a model is trained and measured by. */
export interface Objectives {
  /** One for all outputs, or one for each by the output's name; outputs that are left out are not trained. */
  loss: Loss | Readonly<Record<string, Loss>>;
  /** How much the loss of each output counts, by its name. Default 1 each. */
  lossWeights?: Readonly<Record<string, number>>;
  /** For all outputs that have a loss, or by the output's name. Default: none. */
  metrics?: readonly Metric[] | Readonly<Record<string, readonly Metric[]>>;
}

/** One output of a model and what it is trained and measured by. */
export interface Task {
  /** Place among the model's outputs. */
  output: number;
  /** The output's name. */
  name: string;
  /** What its numbers begin with in the history: 'main.', or '' if the model has one output. */
  prefix: string;
  loss: Loss;
  weight: number;
  metrics: readonly Metric[];
  /** The output's shape without the batch axis. */
  shape: readonly (number | null)[];
}

/**
 * What each output is trained and measured by.
 *
 * @throws {OptionError} if an output's name is unknown, or an output is not what its loss takes
 */
export function tasksOf(
  where: string,
  model: ModelGraph,
  { loss, lossWeights = {}, metrics = [] }: Objectives,
): Task[] {
  const names = outputNames(model);
  const losses = byOutput(where, 'loss', loss, names, checkLoss);
  const measures = byOutput(where, 'metrics', metrics, names, checkMetrics);
  const weights = weightsOf(where, lossWeights, names);
  const tasks = names.flatMap((name, output): Task[] => {
    const own = losses[name];
    if (!own) return [];
    const prefix = names.length === 1 ? '' : `${name}.`;
    const task = { output, name, prefix, weight: weights[name] ?? 1, metrics: measures[name] ?? [] };
    return [{ ...task, loss: own, shape: model.outputShapes[output]! }];
  });
  if (tasks.length === 0) throw new OptionError(`${where}: no output has a loss. The outputs are ${names.join(', ')}.`);
  for (const task of tasks) checkTask(where, model, task);
  return tasks;
}

/**
 * What a network's outputs mean once it was trained on these tasks: what their losses know; an output that has none keeps
 * the meaning that it had.
 */
export function meaningsOf(
  model: ModelGraph,
  tasks: readonly Task[],
  before: OutputMeanings | undefined,
): OutputMeanings | undefined {
  const names = outputNames(model);
  const meanings = names.flatMap((name, output): [string, OutputMeaning][] => {
    const task = tasks.find((candidate) => candidate.output === output);
    const meaning = task ? task.loss.outputMeaning : typeof before === 'string' ? before : before?.[name];
    return meaning === undefined ? [] : [[name, meaning]];
  });
  if (meanings.length === 0) return undefined;
  return names.length === 1 ? meanings[0]![1] : Object.fromEntries(meanings);
}

/** What a batch gives, by its name in the history: the loss, that of each of several outputs, then the metrics. */
export function batchNumbers(tasks: readonly Task[]): BatchNumber[] {
  const ofMetric = (name: string, { count }: Metric): BatchNumber[] =>
    count
      ? [
          { name, is: 'sum' },
          { name, is: 'count' },
        ]
      : [{ name, is: 'sum' }];
  return [
    { name: 'loss', is: 'mean' },
    ...partsOf(tasks).map(({ prefix }): BatchNumber => ({ name: `${prefix}loss`, is: 'sum' })),
    ...tasks.flatMap(({ prefix, metrics }) => metrics.flatMap((metric) => ofMetric(`${prefix}${metric.name}`, metric))),
  ];
}

/** @throws {DataError} unless each sample counts 0 or more in the loss, naming the one that does not */
function checkSampleWeights(where: string, { weights, ids }: Batch): void {
  const wrong = weights?.findIndex((weight) => !(weight >= 0 && weight < Infinity)) ?? -1;
  if (wrong < 0) return;
  throw new DataError(
    `${where}: the weight of sample ${ids[wrong]} is ${weights![wrong]}, but must be finite and at least 0.`,
  );
}

/** Refuses targets and weights that no step should see. */
export function checkTargets(where: string, model: ModelGraph, tasks: readonly Task[], batch: Batch): void {
  checkSampleWeights(where, batch);
  const { moreTargets } = batch;
  const unknown = moreTargets && Object.keys(moreTargets).find((name) => !outputNames(model).includes(name));
  if (unknown !== undefined) {
    throw new DataError(
      `${where}: moreTargets of a batch has '${clipped(unknown)}', which is no output of the model. ${suggestion(unknown, outputNames(model))}`,
    );
  }
  for (const { name, loss, metrics, shape } of tasks) {
    const own = moreTargets?.[name];
    if (own !== undefined && !(isRecord(own) && Array.isArray(own.shape) && arrayKind(own.values) !== undefined))
      throw new DataError(
        `${where}: moreTargets['${name}'] of a batch is ${describe(own)}, but must be { values, shape }.`,
      );
    const { targets, targetShape } = own ? { targets: own.values, targetShape: own.shape } : batch;
    const given = { ids: batch.ids, targets, targetShape, outputShape: shape };
    loss.check(given);
    for (const metric of metrics) metric.check?.(given);
  }
}

/**
 * The whole loss of a batch, and that of each output if there are several: means over the samples.
 *
 * @throws {ShapeError} if a loss does not give one number a sample
 */
export function computeLoss(
  tasks: readonly Task[],
  outputs: readonly Tensor[],
  { targets, moreTargets, weights }: DeviceBatch,
): { loss: Tensor; parts: Tensor[] } {
  const parts = tasks.map(({ loss, output, name }) => {
    const of = outputs[output]!;
    const losses = loss.compute({ outputs: of, targets: moreTargets?.[name] ?? targets });
    checkLosses(loss, losses, of.shape[0]);
    return weightedMean(losses, weights);
  });
  const weighted = parts.map((part, place) => {
    const { weight } = tasks[place]!;
    return weight === 1 ? part : ops.scaleBy(part, scalar(weight));
  });
  return { loss: weighted.reduce(ops.add), parts: partsOf(tasks).length > 0 ? parts : [] };
}

function checkLosses({ type }: Loss, losses: Tensor, samples: number): void {
  if (!isTensor(losses))
    throw new OptionError(`The loss '${type}': compute gave ${describe(losses)}, but must give a tensor, [N].`);
  if (losses.rank === 1 && losses.shape[0] === samples) return;
  throw new ShapeError(
    `The loss '${type}': compute gave the shape [${losses.shape.join(', ')}] for ${samples} samples, but must give one number a sample, [${samples}]. ` +
      'Leave out the mean over samples: the step makes it, with their weights.',
  );
}

/** What {@link batchNumbers} names, but the loss. */
export function computeNumbers(
  tasks: readonly Task[],
  outputs: readonly Tensor[],
  parts: readonly Tensor[],
  { targets, moreTargets }: DeviceBatch,
): Tensor[] {
  const samples = scalar(outputs[0]!.shape[0]);
  const numbers = tidy(() => [
    ...parts.map((part) => ops.scaleBy(part, samples)),
    ...tasks.flatMap(({ metrics, output, name }) =>
      metrics.flatMap((metric) => {
        const given = { outputs: outputs[output]!, targets: moreTargets?.[name] ?? targets };
        return metric.count ? [metric.compute(given), metric.count(given)] : [metric.compute(given)];
      }),
    ),
  ]);
  samples.dispose();
  return numbers;
}

/** The tasks whose losses are told apart. */
function partsOf(tasks: readonly Task[]): readonly Task[] {
  return tasks.filter(({ prefix }) => prefix !== '');
}

/** A value for each output: the same for all, or as the record says. */
function byOutput<Value>(
  where: string,
  option: string,
  given: Value | Readonly<Record<string, Value>>,
  names: readonly string[],
  check: (where: string, name: string, value: unknown) => asserts value is Value,
): Readonly<Record<string, Value>> {
  const isByName = isRecord(given) && typeof given['type'] !== 'string';
  if (!isByName) {
    check(where, option, given);
    return Object.fromEntries(names.map((name) => [name, given]));
  }
  const record: Readonly<Record<string, Value>> = given;
  checkNames(where, option, record, names);
  for (const [name, value] of Object.entries<unknown>(record)) check(where, `${option} of '${name}'`, value);
  return record;
}

function weightsOf(where: string, given: unknown, names: readonly string[]): Readonly<Record<string, number>> {
  if (!isRecord(given)) {
    throw new OptionError(
      `${where}: lossWeights is ${describe(given)}, but must be a record by the outputs' names. Write lossWeights: { ${names.map((name) => `'${name}': 1`).join(', ')} }.`,
    );
  }
  checkNames(where, 'lossWeights', given, names);
  for (const [name, weight] of Object.entries(given))
    checkRange(where, `the weight of '${name}'`, weight as number, 0, Infinity); // refuses what is no number
  return given as Readonly<Record<string, number>>; // checked
}

function checkNames(where: string, option: string, record: object, names: readonly string[]): void {
  const unknown = Object.keys(record).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new OptionError(
    `${where}: ${option} names '${clipped(unknown)}', which is no output of the model. ${suggestion(unknown, names)}`,
  );
}

function checkTask(where: string, model: ModelGraph, { output, name, prefix, loss, metrics }: Task): void {
  const twice = metrics.find((metric, index) => metrics.findIndex((other) => other.name === metric.name) !== index);
  if (twice) throw new OptionError(`${where}: there are two metrics called '${twice.name}'.`);
  const activation = loss.takes === 'logits' ? outputActivation(model, model.outputs[output]!) : undefined;
  if (activation === undefined) return;
  const which = prefix === '' ? 'the model' : `output '${name}'`;
  const isOther = activation === 'sigmoid' && loss.outputMeaning === 'classes';
  const advice = isOther ? ' For a yes or no, or labels of which any may hold: loss: binaryCrossEntropy().' : '';
  throw new OptionError(
    `${where}: ${loss.type} takes logits, but ${which} ends in a ${activation}. Leave it out; predict gives probabilities all the same.${advice}`,
  );
}
