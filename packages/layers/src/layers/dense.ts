import { ops, option, sizeOf, type Initializer, type Kind, type Shape } from '@striate/core';
import { activateRest, activationOption, fusedPart, type Activation } from '../activations.ts';
import { knownSize, onlyInput } from '../input-shapes.ts';
import {
  kernelAndBias,
  kernelAndBiasOptions,
  regularizationOptions,
  withActivityPenalty,
  type RegularizationOptions,
} from '../kernel-and-bias.ts';
import { kernelTraits, linearIn } from '../kernel-traits.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';

/** Options of {@link dense}. */
export interface DenseOptions extends LayerOptions, RegularizationOptions {
  /** Number of outputs. */
  units: number;
  /** Default 'linear'. */
  activation?: Activation;
  /** Default true. */
  useBias?: boolean;
  /** Default glorotUniform. */
  kernelInitializer?: Initializer;
  /** Default zeros. */
  biasInitializer?: Initializer;
}

/**
 * Fully connected layer: y = activation(x kernel + bias), over the last axis.
 * Shapes: x [N, ..., C], kernel [C, units], bias [units], y [N, ..., units].
 *
 * @throws {OptionError} for impossible options
 * @throws {ShapeError} when a model is made, if the size of the last axis is not known
 * @example
 * const logits = dense({ units: 10 })(flatten()(x));
 */
export const dense: Kind<DenseOptions, LayerFunction> = layerKind({
  type: 'dense',
  doc: 'Fully connected layer over the last axis.',
  options: {
    units: option.count({ doc: 'Number of outputs.', example: 10 }),
    activation: activationOption,
    ...kernelAndBiasOptions,
    ...regularizationOptions,
  },
  make(settings) {
    const { units, activation } = settings;

    const kernelShape = (inputs: readonly Shape[]): number[] => [knownSize('dense', onlyInput('dense', inputs)), units];

    return {
      ...kernelTraits(dense, settings),
      ...linearIn('kernel', dense, settings),
      outputShapes(inputs) {
        kernelShape(inputs);
        return [[...onlyInput('dense', inputs).slice(0, -1), units]];
      },
      parameters: (inputs) => kernelAndBias(kernelShape(inputs), settings),
      multiplyAdds: (inputs) => sizeOf(onlyInput('dense', inputs) as readonly number[]) * units,
      apply([x], { kernel, bias }, context) {
        const shape = x!.shape;
        const rows = shape.length === 2 ? x! : ops.reshape(x!, [sizeOf(shape.slice(0, -1)), shape.at(-1)!]);
        const product = ops.matMul(
          { a: rows, b: kernel!, ...(bias && { bias }) },
          { activation: fusedPart(activation) },
        );
        const y = activateRest(product, activation);
        if (rows === x) return withActivityPenalty(y, settings, context);
        const shaped = ops.reshape(y, [...shape.slice(0, -1), units]);
        rows.dispose();
        y.dispose();
        return withActivityPenalty(shaped, settings, context);
      },
    };
  },
});
