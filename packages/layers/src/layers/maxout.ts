import {
  ShapeError,
  ops,
  option,
  sizeOf,
  tidy,
  type Initializer,
  type Kind,
  type Shape,
  type Tensor,
} from '@striate/core';
import { alongAxis, axisOption, type AxisOption } from '../along-axis.ts';
import { formatShape, knownSize, onlyInput } from '../input-shapes.ts';
import {
  kernelAndBias,
  kernelAndBiasOptions,
  regularizationOptions,
  withActivityPenalty,
  type RegularizationOptions,
} from '../kernel-and-bias.ts';
import { kernelTraits } from '../kernel-traits.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';

/** Options of {@link maxout}. */
export interface MaxoutOptions extends LayerOptions, RegularizationOptions, AxisOption {
  /** How many values compete for each output, at least 1. */
  pieces: number;
  /**
   * Number of outputs, each the largest of `pieces` linear functions of the last axis. Left out: there are no
   * parameters, and each `pieces` neighbouring channels give one.
   */
  units?: number;
  /** With `units`. Default true. */
  useBias?: boolean;
  /** With `units`. Default glorotUniform. */
  kernelInitializer?: Initializer;
  /** With `units`. Default zeros. */
  biasInitializer?: Initializer;
}

/**
 * The largest of several linear functions, which can take the shape of any convex activation function:
 *
 *   y[u] = max over p of z[u pieces + p], with z = x kernel + bias, or z = x without `units`
 *
 * Behind a convolution of units * pieces filters, `maxout({ pieces })` takes the largest of each group of channels.
 * Shapes: x [N, ..., C], kernel [C, units pieces], bias [units pieces], y [N, ..., units], or [N, ..., C / pieces].
 * The gradient goes to the largest, the first of those that are equal.
 *
 * Source: Goodfellow et al. 2013, "Maxout networks".
 *
 * @throws {OptionError} for impossible options
 * @throws {ShapeError} when a model is made, if the number of channels is not known, or cannot be cut into pieces
 * @example
 * const h = maxout({ units: 240, pieces: 5 })(flatten()(x));
 * const y = maxout({ pieces: 2 })(conv2d({ filters: 64, kernelSize: 3 })(x)); // 32 channels
 */
export const maxout: Kind<MaxoutOptions, LayerFunction> = layerKind({
  type: 'maxout',
  doc: 'The largest of several linear functions.',
  options: {
    pieces: option.count({ doc: 'How many values compete for each output.', example: 2 }),
    units: option.optional(
      option.count({ doc: 'Number of outputs. Left out: each pieces neighbouring channels give one.', example: 10 }),
    ),
    ...kernelAndBiasOptions,
    ...regularizationOptions,
    ...axisOption,
  },
  make(settings) {
    const { pieces, units } = settings;

    const outputsOf = (inputs: readonly Shape[]): number => {
      const shape = onlyInput('maxout', inputs);
      const channels = knownSize('maxout', shape);
      if (units !== undefined) return units;
      if (channels % pieces === 0) return channels / pieces;
      throw new ShapeError(
        `maxout: x is ${formatShape(shape)}, but ${channels} channels cannot be cut into groups of ${pieces} pieces.`,
      );
    };
    const kernelShape = (inputs: readonly Shape[]): number[] => [
      knownSize('maxout', onlyInput('maxout', inputs)),
      outputsOf(inputs) * pieces,
    ];

    return alongAxis('maxout', settings.axis, {
      ...kernelTraits(maxout, settings),
      outputShapes: (inputs) => [[...onlyInput('maxout', inputs).slice(0, -1), outputsOf(inputs)]],
      ...(units !== undefined && {
        parameters: (inputs: readonly Shape[]) => kernelAndBias(kernelShape(inputs), settings),
        multiplyAdds: (inputs: readonly Shape[]) =>
          sizeOf(onlyInput('maxout', inputs) as readonly number[]) * units * pieces,
      }),
      apply([x], { kernel, bias }, context) {
        const channels = x!.shape.at(-1)!;
        const y = tidy(() => {
          const rows = ops.reshape(x!, [x!.size / channels, channels]);
          const z = kernel ? ops.matMul({ a: rows, b: kernel, ...(bias && { bias }) }) : rows;
          return largestOfGroups(z, pieces, x!.shape.slice(0, -1));
        });
        return withActivityPenalty(y, settings, context);
      },
    });
  },
});

/** The largest of each `pieces` neighbouring columns: max pooling over an image of units x pieces pixels for each row. */
function largestOfGroups(z: Tensor, pieces: number, outer: readonly number[]): Tensor {
  const [rows, columns] = z.shape as [number, number];
  const poolSize = [1, pieces] as const;
  const images = ops.reshape(z, [rows, columns / pieces, pieces, 1]);
  const largest = ops.maxPool2d(images, { poolSize, strides: poolSize, padding: [0, 0, 0, 0] });
  return ops.reshape(largest, [...outer, columns / pieces]);
}
