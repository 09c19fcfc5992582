import { ShapeError, describe, ops, option, tidy, type Kind, type Shape } from '@striate/core';
import { formatShape, onlyInput } from '../input-shapes.ts';
import type { LayerFunction } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import {
  scaleAndCenter,
  scaleAndCenterOptions,
  scaleAndCenterValues,
  type ScaleAndCenterOptions,
} from '../scale-and-center.ts';
import { activation } from './activation.ts';

/** Options of {@link layerNorm}. */
export interface LayerNormOptions extends ScaleAndCenterOptions {
  /**
   * Axes that are normalised together, counted with the batch axis or, if negative, from the end. They must be the last
   * ones: -1, the default, normalises each pixel over its channels; [1, 2, 3] a whole image.
   */
  axis?: number | readonly number[];
}

/**
 * Normalises each sample by itself over its last axes:
 *
 *   y = (x - mean) / sqrt(variance + epsilon) * gamma + beta
 *
 * with the biased variance, in training and inference alike. gamma and beta have the shape of the axes that are normalised,
 * as in Keras and PyTorch. With `axis: [1, 2, 3]` and one factor for each channel instead, it is
 * `groupNorm({ groups: 1 })`. Shapes: x and y [N, ...].
 *
 * Source: Ba, Kiros, Hinton 2016, "Layer normalization", https://arxiv.org/abs/1607.06450
 *
 * @throws {OptionError} for impossible options
 * @throws {ShapeError} when a model is made, if the axes are not the input's last ones, or a size of them is not known
 * @example
 * const y = layerNorm({ epsilon: 1e-6 })(x);
 */
export const layerNorm: Kind<LayerNormOptions, LayerFunction> = layerKind({
  type: 'layerNorm',
  doc: 'Normalises each sample by itself over its last axes.',
  options: {
    axis: option.value<number | readonly number[], number>({
      doc: 'Axes that are normalised together, the last ones, counted with the batch axis or from the end.',
      wanted: 'a whole number other than 0, which is the batch, or a list of them',
      fits: isAxes,
      default: -1,
    }),
    ...scaleAndCenterOptions,
  },
  make(settings) {
    const axes = typeof settings.axis === 'number' ? [settings.axis] : settings.axis;
    const normalized = (inputs: readonly Shape[]): number[] => lastSizes(onlyInput('layerNorm', inputs), axes);

    return {
      withoutZeroSlopes: () => activation({ activation: 'linear' }),
      outputShapes(inputs) {
        normalized(inputs);
        return [inputs[0]!];
      },
      parameters: (inputs) => scaleAndCenter(normalized(inputs), settings),
      apply: ([x], values) =>
        tidy(() => {
          const affine = scaleAndCenterValues(lastSizes(x!.shape.slice(1), axes), values);
          return { outputs: [ops.layerNorm({ x: x!, ...affine }, settings)] };
        }),
    };
  },
});

function isAxes(axis: unknown): boolean {
  const axes: readonly unknown[] = Array.isArray(axis) ? axis : [axis];
  return axes.length > 0 && axes.every((place) => Number.isInteger(place) && place !== 0);
}

/** The sizes of the axes that are normalised. */
function lastSizes(shape: Shape, axes: readonly number[]): number[] {
  const rank = shape.length + 1;
  const places = axes.map((axis) => (axis < 0 ? axis + rank : axis)).toSorted((a, b) => a - b);
  if (places.some((place, index) => place !== rank - places.length + index) || places[0]! < 1) {
    throw new ShapeError(
      `layerNorm: axis is ${describe(axes)}, but x is ${formatShape(shape)} and a batch axis before it: ${rank} axes, of which only the last can be normalised, such as [${rank - 2}, ${rank - 1}].`,
    );
  }
  const sizes = shape.slice(-places.length);
  if (sizes.every((size) => size !== null)) return sizes;
  throw new ShapeError(`layerNorm: x is ${formatShape(shape)}, but the sizes that are normalised must be known.`);
}
