import { ops, sizeOf, type Initializer, type Shape } from '@striate/core';
import { activateRest, checkActivation, fusedPart, type Activation } from '../activations.ts';
import { checkInitializer } from '../initial-values.ts';
import { knownSize, onlyInput } from '../input-shapes.ts';
import { kernelAndBias } from '../kernel-and-bias.ts';
import { defineLayer, type LayerFunction, type LayerOptions } from '../layer-function.ts';
import { checkCounts, resolveOptions } from '../options.ts';

/** Options of {@link dense}. */
export interface DenseOptions extends LayerOptions {
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
export function dense(options: DenseOptions): LayerFunction {
  const settings = resolveOptions('dense', options, ['units'], {
    activation: 'linear',
    useBias: true,
    kernelInitializer: { type: 'glorotUniform' },
    biasInitializer: { type: 'zeros' },
  });
  const { units, activation } = settings;
  checkCounts('dense', { units });
  checkActivation('dense', activation);
  checkInitializer('dense', 'kernelInitializer', settings.kernelInitializer);
  checkInitializer('dense', 'biasInitializer', settings.biasInitializer);

  const kernelShape = (inputs: readonly Shape[]): number[] => [knownSize('dense', onlyInput('dense', inputs)), units];

  return defineLayer({
    type: 'dense',
    options: settings,
    outputShapes(inputs) {
      kernelShape(inputs);
      return [[...onlyInput('dense', inputs).slice(0, -1), units]];
    },
    parameters: (inputs) => kernelAndBias(kernelShape(inputs), settings),
    multiplyAdds: (inputs) => sizeOf(onlyInput('dense', inputs) as readonly number[]) * units,
    apply([x], { kernel, bias }) {
      const shape = x!.shape;
      const rows = shape.length === 2 ? x! : ops.reshape(x!, [sizeOf(shape.slice(0, -1)), shape.at(-1)!]);
      const product = ops.matMul({ a: rows, b: kernel!, ...(bias && { bias }) }, { activation: fusedPart(activation) });
      const y = activateRest(product, activation);
      if (rows === x) return { outputs: [y] };
      const outputs = [ops.reshape(y, [...shape.slice(0, -1), units])];
      rows.dispose();
      y.dispose();
      return { outputs };
    },
  });
}
