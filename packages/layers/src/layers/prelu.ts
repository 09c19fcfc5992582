import { ShapeError, ops, option, type Initializer, type Kind, type Shape } from '@striate/core';
import { initializerOption } from '../initial-values.ts';
import { zeros } from '../initializers/index.ts';
import { formatShape, onlyInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';

/** Options of {@link prelu}. */
export interface PreluOptions extends LayerOptions {
  /** Default zeros, as in Keras; the paper and PyTorch begin with { type: 'constant', value: 0.25 }. */
  alphaInitializer?: Initializer;
  /**
   * Axes along which all values have one slope: 1, 2, ... (0 is the batch). Default 'allButLast': one slope for each
   * channel, as in the paper; [] gives each value its own (Keras' default), and all axes one slope in all (PyTorch's).
   */
  sharedAxes?: 'allButLast' | readonly number[];
}

/**
 * Rectifier with a trained slope: y = x where x > 0, else alpha x.
 * Shapes: x and y [N, ...], alpha like x without N, but 1 along shared axes.
 *
 * Source: He et al. 2015, "Delving deep into rectifiers: surpassing human-level performance on ImageNet classification".
 *
 * @throws {OptionError} for impossible options
 * @throws {ShapeError} when a model is made, if a shared axis does not exist, or the size of another is not known
 * @example
 * const y = prelu({ alphaInitializer: { type: 'constant', value: 0.25 } })(x);
 */
export const prelu: Kind<PreluOptions, LayerFunction> = layerKind({
  type: 'prelu',
  doc: 'Rectifier with a trained slope.',
  options: {
    alphaInitializer: initializerOption('First values of the slopes.', zeros()),
    sharedAxes: option.value<'allButLast' | readonly number[], 'allButLast'>({
      doc: "Axes along which all values have one slope: 1, 2, ..., or 'allButLast'.",
      wanted: "'allButLast' or a list of whole numbers of at least 1",
      fits: (axes) =>
        axes === 'allButLast' ||
        (Array.isArray(axes) && axes.every((axis) => Number.isInteger(axis) && (axis as number) >= 1)),
      default: 'allButLast',
    }),
  },
  make({ alphaInitializer, sharedAxes }) {
    const alphaShape = (inputs: readonly Shape[]): number[] => {
      const shape = onlyInput('prelu', inputs);
      const shared = sharedAxes === 'allButLast' ? shape.slice(1).map((_, index) => index + 1) : sharedAxes;
      const missing = shared.find((axis) => axis > shape.length);
      if (missing !== undefined)
        throw new ShapeError(`prelu: sharedAxes holds ${missing}, but x is ${formatShape(shape)}.`);
      return shape.map((size, index) => {
        if (shared.includes(index + 1)) return 1;
        if (size !== null) return size;
        throw new ShapeError(
          `prelu: x is ${formatShape(shape)}, but the size of axis ${index + 1} must be known, unless it is among sharedAxes.`,
        );
      });
    };
    return {
      outputShapes(inputs) {
        alphaShape(inputs);
        return [onlyInput('prelu', inputs)];
      },
      parameters: (inputs) => ({
        alpha: { shape: alphaShape(inputs), initializer: alphaInitializer, kind: 'scale' },
      }),
      apply: ([x], { alpha }) => ({ outputs: [ops.prelu({ x: x!, alpha: alpha! })] }),
    };
  },
});
