import type { Values } from '@striate/core';
import { parameterSpecs, type ModelGraph } from '@striate/layers';
import { constrain } from '@striate/regularizers';

/** Updated parameters by path, with each constraint of the model's layers applied. Tensors that it replaces are left alone. */
export function constrainParameters(model: ModelGraph, updated: Values): Values {
  const specs = parameterSpecs(model);
  return Object.fromEntries(
    Object.entries(updated).map(([path, tensor]) => {
      const constraint = specs[path]?.constraint;
      return [path, constraint === undefined ? tensor : constrain(constraint, tensor)];
    }),
  );
}
