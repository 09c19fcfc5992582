import { OptionError, ShapeError, checkOptionNames, describe, option, type Kind, type Shape } from '@striate/core';
import { identity } from '../identity.ts';
import { formatShape } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions, SymbolicTensor } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';

/** Options of the input layer, as they are saved. */
export interface InputLayerOptions extends LayerOptions {
  shape: Shape;
}

/**
 * The place where data enters a model.
 *
 * @param shape sizes without the batch axis, [H, W, C] for images; `null` where any size is allowed
 * @param options `name`
 * @returns the first symbolic tensor of a graph
 * @throws {OptionError} if a size is neither `null` nor a whole number of at least 1
 * @example
 * const x = input([28, 28, 1]);
 */
export function input(shape: Shape, options: LayerOptions = {}): SymbolicTensor {
  checkOptionNames('input', options, ['name', 'trainable'], "input([28, 28, 1], { name: 'image' })");
  return { call: { layer: inputLayer({ ...options, shape }), inputs: [] }, output: 0 };
}

/** The layer behind {@link input}: takes nothing, or in a nested model what that is given, and hands it on. */
export const inputLayer: Kind<InputLayerOptions, LayerFunction> = layerKind({
  type: 'input',
  doc: 'The place where data enters a model.',
  options: {
    shape: option.checked<Shape>({
      doc: 'Sizes without the batch axis, [H, W, C] for images; null stands for any size.',
      wanted: 'a list of sizes without the batch axis, such as [28, 28, 1]; null stands for any size',
      check: checkShape,
      example: [28, 28, 1],
    }),
  },
  make: ({ shape }) => ({
    computes: 'identity',
    outputShapes([given = shape]) {
      const fits = given.length === shape.length && shape.every((size, axis) => size === null || size === given[axis]);
      if (fits) return [given];
      throw new ShapeError(`input: the nested model takes ${formatShape(shape)}, not ${formatShape(given)}.`);
    },
    apply: (inputs) => ({ outputs: inputs.map(identity) }),
  }),
});

function checkShape(where: string, _name: string, shape: unknown): void {
  const isSize = (size: unknown): boolean => size === null || (Number.isInteger(size) && (size as number) >= 1);
  if (Array.isArray(shape) && shape.every(isSize)) return;
  throw new OptionError(
    `${where}: the shape is ${describe(shape)}, but must be a list of sizes without the batch axis, such as [28, 28, 1]; null stands for any size.`,
  );
}
