import { OptionError, describe, isRecord } from '@striate/core';
import type { ModelGraph } from './model-graph.ts';

/** @throws {OptionError} unless the value is a model; it says what to write for what is nearly one. */
export function checkModel(where: string, value: unknown): asserts value is ModelGraph {
  if (isModel(value)) return;
  throw new OptionError(
    `${where}: got ${describe(value)}, but takes a model, such as sequential([...]) gives.${adviceFor(value)}`,
  );
}

/** Whether a value is a model. */
export function isModel(value: unknown): value is ModelGraph {
  const canHold = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return canHold && 'nodes' in value && Array.isArray(value.nodes) && 'steps' in value;
}

function adviceFor(value: unknown): string {
  if (isRecord(value) && isModel(value['model'])) return ' Give its model: network.model.';
  if (Array.isArray(value)) return ' Put the list into sequential.';
  return value instanceof Promise ? ' await is missing.' : '';
}
