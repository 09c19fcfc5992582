import { clone, tidy, type Values } from '@striate/core';
import { constrain } from '@striate/regularizers';
import { updateInGroups } from '../optimizers/update-groups.ts';
import type { TrainingValues } from '../training-state.ts';
import type { PreparedStep } from './prepare-step.ts';

/** What an update changes. */
export type UpdatedValues = Pick<TrainingValues, 'parameters' | 'optimizer'>;

/** What an update begins with; `step` counts those done before it. */
export interface UpdateStart extends UpdatedValues {
  step: number;
}

/**
 * The second half of a step, a pure function: new parameters and optimiser state from old ones and gradients. The inputs
 * are left alone; all tensors returned belong to the caller.
 */
export function computeUpdate(
  { optimizer, rate, groups, kinds, constraints }: PreparedStep,
  { parameters, optimizer: slots, step }: UpdateStart,
  gradients: Values,
): UpdatedValues {
  return tidy(() => {
    const updated = updateInGroups(optimizer, groups, {
      parameters: withGradient(parameters, gradients),
      gradients,
      state: slots,
      step: step + 1,
      learningRate: rate(step),
      kinds,
    });
    const constrained = Object.entries(updated.parameters).map(([path, tensor]) => {
      const constraint = constraints.get(path);
      return [path, constraint === undefined ? tensor : constrain(constraint, tensor)] as const;
    });
    return {
      parameters: carryOver(parameters, Object.fromEntries(constrained)),
      optimizer: Object.fromEntries(
        Object.entries(slots).map(([slot, values]) => [slot, carryOver(values, updated.state[slot] ?? {})]),
      ),
    };
  });
}

function withGradient(parameters: Values, gradients: Values): Values {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => name in gradients));
}

/** The new value where there is one, else a copy that shares the old one's storage. */
function carryOver(old: Values, updated: Values): Values {
  return Object.fromEntries(Object.entries(old).map(([name, tensor]) => [name, updated[name] ?? clone(tensor)]));
}
