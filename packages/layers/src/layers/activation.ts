import { activate, checkActivation, type Activation } from '../activations.ts';
import { identity } from '../identity.ts';
import { onlyInput } from '../input-shapes.ts';
import { defineLayer, type LayerFunction, type LayerOptions } from '../layer-function.ts';
import { resolveOptions } from '../options.ts';

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
export function activation(options: ActivationOptions): LayerFunction {
  const settings = resolveOptions('activation', options, ['activation'], {});
  const { activation: kind } = settings;
  checkActivation('activation', kind);
  return defineLayer({
    type: 'activation',
    options: settings,
    activation: kind,
    computes: 'identity',
    withoutZeroSlopes: () => activation({ activation: 'linear' }),
    outputShapes: (inputs) => [onlyInput('activation', inputs)],
    apply([x]) {
      const y = activate(x!, kind);
      return { outputs: [y === x ? identity(x) : y] };
    },
  });
}
