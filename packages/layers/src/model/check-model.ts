import { OptionError, describe, isRecord } from '@striate/core';
import type { ModelGraph } from './model-graph.ts';

/**
 * @param remedy what to write, unless the value tells what was meant
 * @throws {OptionError} unless the value is a model, saying what it is instead and what to write
 * @example
 * checkModel('myFunction', value); // value is a ModelGraph from here on
 */
export function checkModel(
  where: string,
  value: unknown,
  remedy: string = 'Write sequential([input([28, 28, 1]), ...]).',
): asserts value is ModelGraph {
  if (isModel(value)) return;
  throw new OptionError(`${where}: got ${describe(value)}, but a model is needed. ${adviceFor(value) ?? remedy}`);
}

/**
 * Whether a value is a model, callable or not.
 *
 * @example
 * const model = isModel(given) ? given : given.model;
 */
export function isModel(value: unknown): value is ModelGraph {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return ['nodes', 'inputs', 'outputs', 'steps', 'inputShapes', 'outputShapes'].every((name) =>
    Array.isArray((value as Readonly<Record<string, unknown>>)[name]),
  );
}

function adviceFor(value: unknown): string | undefined {
  if (isRecord(value) && isModel(value['model'])) return 'Write network.model.';
  return typeof value === 'function' && 'type' in value ? 'Write sequential([input([28, 28, 1]), layer]).' : undefined;
}
