import { OptionError, ops, scalar, suggestion, tidy, type Tensor } from '@striate/core';
import type { Batch } from '@striate/data';
import type { Connection, ModelGraph } from '@striate/layers';
import type { DeviceBatch } from './device-batch.ts';
import type { Loss } from './losses/loss.ts';
import type { Metric } from './metrics/metric.ts';

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
 * Names of a model's outputs, by which losses and metrics are given: those of the nodes that give them; 'name[1]' for a
 * further output of the same node.
 *
 * @example
 * outputNames(lenet5()); // ['dense_2']
 */
export function outputNames({ nodes, outputs }: ModelGraph): string[] {
  return outputs.map(({ node, output }) => `${nodes[node]!.name}${output === 0 ? '' : `[${output}]`}`);
}

/** Whether an output of a model is a softmax already. */
export function isSoftmax({ nodes }: ModelGraph, { node }: Connection): boolean {
  const { activation } = nodes[node]!.layer.options as { activation?: string | { type?: string } };
  return (typeof activation === 'object' ? activation.type : activation) === 'softmax';
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
  const losses = byOutput(where, 'loss', loss, names, isLoss);
  const measures = byOutput(where, 'metrics', metrics, names, (value): value is readonly Metric[] =>
    Array.isArray(value),
  );
  const weights = byOutput(
    where,
    'lossWeights',
    lossWeights,
    names,
    (value): value is never => typeof value === 'number',
  );
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

/** What the numbers of a step are called in the history, after 'loss': losses of several outputs, then metrics. */
export function numberNames(tasks: readonly Task[]): string[] {
  return [
    ...partsOf(tasks).map(({ prefix }) => `${prefix}loss`),
    ...tasks.flatMap(({ prefix, metrics }) => metrics.map(({ name }) => `${prefix}${name}`)),
  ];
}

/** Refuses targets that no step should see. */
export function checkTargets(tasks: readonly Task[], batch: Batch): void {
  for (const { name, loss, shape } of tasks) {
    const own = batch.moreTargets?.[name];
    const targets = own ? { targets: own.values, targetShape: own.shape } : batch;
    loss.check({ ids: batch.ids, targets: targets.targets, targetShape: targets.targetShape, outputShape: shape });
  }
}

/** The whole loss of a batch, and that of each output if there are several: means over the samples. */
export function computeLoss(
  tasks: readonly Task[],
  outputs: readonly Tensor[],
  { targets, moreTargets, weights }: DeviceBatch,
): { loss: Tensor; parts: Tensor[] } {
  const parts = tasks.map((task) =>
    task.loss.compute({ outputs: outputs[task.output]!, targets: moreTargets?.[task.name] ?? targets, weights }),
  );
  const weighted = parts.map((part, place) => {
    const { weight } = tasks[place]!;
    return weight === 1 ? part : ops.scaleBy(part, scalar(weight));
  });
  return { loss: weighted.reduce(ops.add), parts: partsOf(tasks).length > 0 ? parts : [] };
}

/** What {@link numberNames} names: sums over the samples. */
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
      metrics.map((metric) => metric.compute({ outputs: outputs[output]!, targets: moreTargets?.[name] ?? targets })),
    ),
  ]);
  samples.dispose();
  return numbers;
}

/** The tasks whose losses are told apart. */
function partsOf(tasks: readonly Task[]): readonly Task[] {
  return tasks.filter(({ prefix }) => prefix !== '');
}

function isLoss(value: Objectives['loss']): value is Loss {
  return 'compute' in value && typeof value.compute === 'function';
}

/** A value for each output: the same for all, or as the record says. */
function byOutput<Value>(
  where: string,
  option: string,
  given: Value | Readonly<Record<string, Value>>,
  names: readonly string[],
  isOne: (given: Value | Readonly<Record<string, Value>>) => given is Value,
): Readonly<Record<string, Value>> {
  if (isOne(given)) return Object.fromEntries(names.map((name) => [name, given]));
  const record = given; // what is not the one is the other
  const unknown = Object.keys(record).find((name) => !names.includes(name));
  if (unknown === undefined) return record;
  throw new OptionError(
    `${where}: ${option} names '${unknown}', which is no output of the model. ${suggestion(unknown, names)}`,
  );
}

function checkTask(where: string, model: ModelGraph, { output, name, prefix, loss, weight, metrics }: Task): void {
  const twice = metrics.find((metric, index) => metrics.findIndex((other) => other.name === metric.name) !== index);
  if (twice) throw new OptionError(`${where}: there are two metrics called '${twice.name}'.`);
  if (!(weight >= 0 && weight < Infinity)) {
    throw new OptionError(`${where}: the weight of '${name}' is ${weight}, but must be finite and at least 0.`);
  }
  if (loss.takes !== 'logits' || !isSoftmax(model, model.outputs[output]!)) return;
  const which = prefix === '' ? 'the model' : `output '${name}'`;
  throw new OptionError(
    `${where}: ${loss.type} takes logits, but ${which} ends in a softmax. Leave it out; predict gives probabilities all the same.`,
  );
}
