import type { Kind } from '@striate/core';
import { activate, requiredActivation, type Activation } from '../activations.ts';
import { identity } from '../identity.ts';
import { onlyInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';

/** Options of {@link activation}. */
export interface ActivationOptions extends LayerOptions {
  activation: Activation;
}

/**
 * An activation function as a layer of its own; y has the shape of x. {@link ActivationRecord} lists the functions.
 *
 * @throws {OptionError} for an unknown name (with the nearest one), unknown options or impossible values
 * @example
 * const probabilities = activation({ activation: 'softmax' })(logits);
 * const y = activation({ activation: { type: 'leakyRelu', negativeSlope: 0.1 } })(x);
 */
export const activation: Kind<ActivationOptions, LayerFunction> = layerKind({
  type: 'activation',
  doc: 'An activation function as a layer of its own.',
  options: {
    activation: requiredActivation,
  },
  make: ({ activation: kind }) => ({
    activation: kind,
    computes: 'identity',
    withoutZeroSlopes: () => activation({ activation: 'linear' }),
    outputShapes: (inputs) => [onlyInput('activation', inputs)],
    apply([x]) {
      const y = activate(x!, kind);
      return { outputs: [y === x ? identity(x) : y] };
    },
  }),
});
