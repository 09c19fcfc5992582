import {
  OptionError,
  checkOptions,
  checkRange,
  clipped,
  describe,
  isRecord,
  suggestion,
  type Values,
} from '@striate/core';
import type { Optimizer, OptimizerFunctions, OptimizerState, UpdateInputs } from './optimizer.ts';

/** How much an update acts on single parameters, by their paths: factors of at least 0, and 1 for what is not named. */
export interface UpdateFactors {
  /** Times the learning rate. */
  learningRate?: Readonly<Record<string, number>>;
  /** Times the weight decay of the optimiser. */
  weightDecay?: Readonly<Record<string, number>>;
}

/** Parameters with the same factors. */
export interface UpdateGroup {
  readonly names: ReadonlySet<string>;
  readonly learningRate: number;
  readonly weightDecay: number;
}

/**
 * Parts the parameters that train into groups with the same factors.
 *
 * @throws {OptionError} for factors that are none, or of names that no parameter that trains has
 */
export function groupsOf(where: string, factors: UpdateFactors, trained: readonly string[]): UpdateGroup[] {
  checkFactors(where, factors, trained);
  const { learningRate = {}, weightDecay = {} } = factors;
  const groups = new Map<string, UpdateGroup & { names: Set<string> }>();
  for (const name of trained) {
    const own = { learningRate: learningRate[name] ?? 1, weightDecay: weightDecay[name] ?? 1 };
    const key = `${own.learningRate} ${own.weightDecay}`;
    const group = groups.get(key) ?? { ...own, names: new Set<string>() };
    group.names.add(name);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The update of all groups, each by a call of the optimiser: one call where no parameter has a factor of its own. */
export function updateInGroups(
  optimizer: Optimizer,
  groups: readonly UpdateGroup[],
  inputs: Omit<UpdateInputs, 'weightDecayFactor'>,
): ReturnType<OptimizerFunctions['update']> {
  const [first, ...others] = groups;
  if (others.length === 0) return updateGroup(optimizer, first!, inputs);
  const parts = groups.map((group) => {
    const { parameters, gradients, state } = inputs;
    const own = (values: Values): Values =>
      Object.fromEntries(Object.entries(values).filter(([name]) => group.names.has(name)));
    return updateGroup(optimizer, group, {
      ...inputs,
      parameters: own(parameters),
      gradients: own(gradients),
      state: Object.fromEntries(Object.entries(state).map(([slot, values]) => [slot, own(values)])),
    });
  });
  const state: OptimizerState = {};
  for (const part of parts)
    for (const [slot, values] of Object.entries(part.state)) state[slot] = { ...state[slot], ...values };
  return { parameters: Object.assign({}, ...parts.map(({ parameters }) => parameters)) as Values, state };
}

function updateGroup(
  optimizer: Optimizer,
  { learningRate, weightDecay }: UpdateGroup,
  inputs: Omit<UpdateInputs, 'weightDecayFactor'>,
): ReturnType<OptimizerFunctions['update']> {
  return optimizer.update({
    ...inputs,
    learningRate: inputs.learningRate * learningRate,
    weightDecayFactor: weightDecay,
  });
}

function checkFactors(where: string, factors: UpdateFactors, trained: readonly string[]): void {
  const form = `${where}: factors`;
  checkOptions(
    form,
    factors,
    { learningRate: true, weightDecay: true },
    "factors: { learningRate: { 'dense/kernel': 0.1 } }",
  );
  for (const [what, record] of Object.entries<unknown>({ ...factors })) {
    if (record === undefined) continue;
    if (!isRecord(record))
      throw new OptionError(`${form}: ${what} is ${describe(record)}, but must be a record by the parameters' paths.`);
    for (const [name, factor] of Object.entries(record)) {
      if (!trained.includes(name))
        throw new OptionError(
          `${form}: ${what} names '${clipped(name)}', which is no parameter that trains. ${suggestion(name, trained)}`,
        );
      checkRange(form, `${what} of '${name}'`, factor as number, 0, Infinity); // refuses what is no number
    }
  }
}
