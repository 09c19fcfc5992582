import {
  OptionError,
  checkRange,
  checkUint32,
  clone,
  describe,
  isRecord,
  ops,
  tidy,
  valueAndGradients,
  type ParameterKind,
  type Tensor,
  type Values,
} from '@striate/core';
import { forward, frozenParameters, type ModelGraph } from '@striate/layers';
import { inputsOf } from './check-inputs.ts';
import { checkModel } from './check-network.ts';
import { constrainParameters } from './constrain-parameters.ts';
import { checkDeviceBatch, type DeviceBatch } from './device-batch.ts';
import { checkOptimizer } from './optimizers/check-optimizer.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import { computeLoss, computeNumbers, tasksOf, type Objectives, type Task } from './tasks.ts';
import type { TrainingValues } from './training-state.ts';

/** What stays the same from step to step. */
export interface StepRecipe extends Objectives {
  model: ModelGraph;
  optimizer: Optimizer;
  /** What each parameter is for, by name. */
  kinds: Readonly<Record<string, ParameterKind>>;
  seed: number;
}

/** What one step is computed from. */
export interface StepInputs extends TrainingValues {
  batch: DeviceBatch;
  /** Steps done before this one. */
  step: number;
  learningRate: number;
  /** Place of the first sample in the whole batch, when several workers share one. Default 0. */
  sampleOffset?: number;
}

/** New values; loss and metrics are scalars on the device. */
export interface StepResult extends TrainingValues {
  /** Mean over the batch, penalties included. */
  loss: Tensor;
  /** Sums over the batch's samples: the loss of each output if there are several, then the metrics. */
  metrics: Tensor[];
}

// Names that no path of a parameter has.
const outputKey = 'output:';
const partKey = 'part:';

/**
 * One training step, a pure function: new parameters, moving statistics and optimiser state from old ones and a batch.
 * Nothing is read back to the host. The inputs are left alone; all tensors returned belong to the caller.
 *
 * @throws {OptionError} for a recipe or inputs in which something is missing
 * @throws {ShapeError} if the batch does not fit the model
 * @example
 * const next = trainStep(recipe, { ...values, batch, step: 0, learningRate: 1e-3 });
 */
export function trainStep(recipe: StepRecipe, given: StepInputs): StepResult {
  const tasks = tasksFor(recipe);
  checkStep(given);
  const { model, optimizer, kinds, seed } = recipe;
  const { parameters, state, optimizer: optimizerState, batch, step, learningRate, sampleOffset = 0 } = given;
  const frozen = frozenParameters(model);
  return tidy(() => {
    const random = { seed, step, sampleOffset };
    const inputs = inputsOf(model, batch);
    const compute = (current: Values): { loss: Tensor; auxiliary: Values } => {
      const all = frozen.size === 0 ? current : { ...parameters, ...current };
      const pass = forward(model, { parameters: all, state, inputs, training: true, random });
      const { loss, parts } = computeLoss(tasks, pass.outputs, batch);
      const auxiliary = { ...pass.state, ...numbered(outputKey, pass.outputs), ...numbered(partKey, parts) };
      return { loss: pass.losses.reduce(ops.add, loss), auxiliary };
    };
    const trained = Object.fromEntries(Object.entries(parameters).filter(([name]) => !frozen.has(name)));
    const { loss, auxiliary, gradients } = valueAndGradients(compute, trained);
    const outputs = model.outputs.map((_, place) => auxiliary[`${outputKey}${place}`]!);
    const parts = Object.keys(auxiliary).flatMap((name) => (name.startsWith(partKey) ? [auxiliary[name]!] : []));
    const updated = optimizer.update({
      parameters: pick(parameters, gradients),
      gradients,
      state: optimizerState,
      step: step + 1,
      learningRate,
      kinds,
    });
    return {
      loss,
      metrics: computeNumbers(tasks, outputs, parts, batch),
      parameters: carryOver(parameters, constrainParameters(model, updated.parameters)),
      state: carryOver(state, auxiliary),
      optimizer: Object.fromEntries(
        Object.entries(optimizerState).map(([slot, values]) => [slot, carryOver(values, updated.state[slot] ?? {})]),
      ),
    };
  });
}

const form =
  'trainStep({ model, optimizer, kinds, seed, loss }, { parameters, state, optimizer, batch, step, learningRate })';

const known = new WeakMap<StepRecipe, readonly Task[]>();

/** A recipe's tasks; it is looked at in its first step alone, as the others have the same. */
function tasksFor(recipe: StepRecipe): readonly Task[] {
  const before = isRecord(recipe) ? known.get(recipe) : undefined;
  if (before) return before;
  checkNames('recipe', recipe, ['model', 'optimizer', 'kinds', 'seed', 'loss']);
  const { model, optimizer, kinds, seed, ...objectives } = recipe;
  checkModel('trainStep', model);
  checkOptimizer('trainStep: optimizer', optimizer);
  checkUint32(seed, 'seed', 'trainStep');
  if (!isRecord(kinds)) throw new OptionError(`trainStep: kinds is ${describe(kinds)}, but must be a record by name.`);
  const tasks = tasksOf('trainStep', model, objectives);
  known.set(recipe, tasks);
  return tasks;
}

/** What a compiler would see; how values fit together is seen by what is computed with them. */
function checkStep(given: StepInputs): void {
  checkNames('inputs', given, ['parameters', 'state', 'optimizer', 'batch', 'step', 'learningRate']);
  for (const part of ['parameters', 'state', 'optimizer'] as const) {
    if (isRecord(given[part])) continue;
    throw new OptionError(`trainStep: ${part} is ${describe(given[part])}, but must be a record by name.`);
  }
  checkDeviceBatch('trainStep', given.batch);
  checkRange('trainStep', 'step', given.step, 0, Infinity);
  checkRange('trainStep', 'learningRate', given.learningRate, 0, Infinity);
}

function checkNames(what: string, given: unknown, names: readonly string[]): void {
  if (!isRecord(given))
    throw new OptionError(`trainStep: its ${what} is ${describe(given)}, but must be a record. Write ${form}.`);
  const missing = names.find((name) => given[name] === undefined);
  if (missing !== undefined) throw new OptionError(`trainStep: its ${what} has no ${missing}. Write ${form}.`);
}

/** Tensors by the key and their place. */
function numbered(key: string, tensors: readonly Tensor[]): Values {
  return Object.fromEntries(tensors.map((tensor, place) => [`${key}${place}`, tensor]));
}

/** Those values that have a counterpart. */
function pick(values: Values, counterparts: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name in counterparts));
}

/** The new value where there is one, else a copy that shares the old one's storage. */
function carryOver(old: Values, updated: Values): Values {
  return Object.fromEntries(Object.entries(old).map(([name, tensor]) => [name, updated[name] ?? clone(tensor)]));
}
