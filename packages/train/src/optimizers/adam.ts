import type { Kind } from '@striate/core';
import { adamFunctions, adamOptions, type AdamOptions } from './adam-update.ts';
import { optimizerKind, type Optimizer } from './optimizer.ts';

/**
 * Adam:
 *
 *   g = gradient + weightDecay * p
 *   m = beta1 * m + (1 - beta1) * g;   v = beta2 * v + (1 - beta2) * g^2
 *   p = p - learningRate * (m / (1 - beta1^step)) / (sqrt(v / (1 - beta2^step)) + epsilon)
 *
 * Weight decay goes through the gradient here (an L2 penalty); {@link adamW} has it apart.
 * State: m and v for each parameter.
 *
 * Source: Kingma and Ba 2015, https://arxiv.org/abs/1412.6980
 *
 * @throws {OptionError} for an unknown option, or one that is out of range.
 * @example
 * const optimizer = adam({ learningRate: 1e-3 });
 */
export const adam: Kind<AdamOptions, Optimizer> = optimizerKind({
  type: 'adam',
  doc: 'Adam: steps of about the learning rate, whatever the size of gradients.',
  options: adamOptions(0),
  make: (settings) => adamFunctions(settings, false),
});
