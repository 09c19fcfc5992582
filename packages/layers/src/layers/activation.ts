import { ops } from '@striate/core';
import { checkActivation, type Activation } from '../activations.ts';
import { identity } from '../identity.ts';
import { onlyInput } from '../input-shapes.ts';
import { defineLayer, type LayerFunction, type LayerOptions } from '../layer-function.ts';
import { resolveOptions } from '../options.ts';

/** Options of {@link activation}. */
export interface ActivationOptions extends LayerOptions {
  activation: Activation;
}

/**
 * An activation function as a layer of its own; y has the shape of x.
 * relu: max(0, x); sigmoid: 1 / (1 + exp(-x)); tanh; softmax: exp(x) / sum of exp(x) over the last axis;
 * logSoftmax: its logarithm.
 *
 * @throws {OptionError} for an unknown name, with the nearest one
 * @example
 * const probabilities = activation({ activation: 'softmax' })(logits);
 */
export function activation(options: ActivationOptions): LayerFunction {
  const settings = resolveOptions('activation', options, ['activation'], {});
  const { activation: kind } = settings;
  checkActivation('activation', kind);
  return defineLayer({
    type: 'activation',
    options: settings,
    outputShapes: (inputs) => [onlyInput('activation', inputs)],
    apply: ([x]) => ({ outputs: [kind === 'linear' ? identity(x!) : ops.activation(x!, kind)] }),
  });
}
