import { OptionError, type Constraint, type ParameterKind, type Values } from '@striate/core';
import { frozenParameters, parameterSpecs, type ModelGraph } from '@striate/layers';
import type { Optimizer, OptimizerState } from '../optimizers/optimizer.ts';
import { groupsOf, type UpdateFactors, type UpdateGroup } from '../optimizers/update-groups.ts';
import { rateOfStep } from '../schedules/learning-rate.ts';
import type { Schedule } from '../schedules/schedule.ts';
import { tasksOf, type Objectives, type Task } from '../tasks.ts';

/** What decides the steps of a training. */
export interface StepOptions extends Objectives {
  optimizer: Optimizer;
  /** How much updates act on single parameters. */
  factors?: UpdateFactors | undefined;
  /** What random layers depend on. */
  seed: number;
}

/** All that stays the same from step to step, looked up and checked once. */
export interface PreparedStep {
  readonly model: ModelGraph;
  readonly tasks: readonly Task[];
  readonly optimizer: Optimizer;
  /** The learning rate of each step. */
  readonly rate: Schedule;
  readonly seed: number;
  /** Paths of the parameters that train. */
  readonly trained: readonly string[];
  /** The same, parted by the factors of their updates. */
  readonly groups: readonly UpdateGroup[];
  /** What each parameter is for, by path. */
  readonly kinds: Readonly<Record<string, ParameterKind>>;
  /** By the path of the parameter that has one. */
  readonly constraints: ReadonlyMap<string, Constraint>;
}

/**
 * Prepares the steps of a training.
 *
 * @throws {OptionError} for losses and metrics that do not fit the model, or if there is nothing to train
 */
export function prepareStep(where: string, model: ModelGraph, options: StepOptions): PreparedStep {
  const { optimizer, factors = {}, seed, ...objectives } = options;
  const tasks = tasksOf(where, model, objectives);
  const specs = Object.entries(parameterSpecs(model));
  const frozen = frozenParameters(model);
  const trained = specs.flatMap(([path]) => (frozen.has(path) ? [] : [path]));
  if (trained.length === 0) {
    throw new OptionError(
      `${where}: the model has ${specs.length} parameters, all of them frozen. Leave some trainable: freeze(model, (layer) => ...).`,
    );
  }
  return {
    model,
    tasks,
    optimizer,
    rate: rateOfStep(`${where}: optimizer`, optimizer.options.learningRate),
    seed,
    trained,
    groups: groupsOf(where, factors, trained),
    kinds: Object.fromEntries(specs.map(([path, { kind }]) => [path, kind])),
    constraints: new Map(
      specs.flatMap(([path, { constraint }]) => (constraint === undefined ? [] : [[path, constraint]])),
    ),
  };
}

/** The optimiser's state before the first update: that of parameters that train. */
export function firstSlots(
  { optimizer, trained }: Pick<PreparedStep, 'optimizer' | 'trained'>,
  parameters: Values,
): OptimizerState {
  return optimizer.init(Object.fromEntries(trained.map((name) => [name, parameters[name]!])));
}
