import type { Kind } from '@striate/core';
import { adamFunctions, adamOptions, type AdamOptions } from './adam-update.ts';
import { optimizerKind, type Optimizer } from './optimizer.ts';

/**
 * AdamW: Adam whose weight decay is apart from the gradient, p = p * (1 - learningRate * weightDecay) before Adam's
 * step. weightDecay is 0.01 by default and acts on all parameters, as in PyTorch; `decays: ['kernel']` spares biases
 * and batch norm.
 *
 * Source: Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101
 *
 * @throws {OptionError} for an unknown option, or one that is out of range.
 * @example
 * const optimizer = adamW({ learningRate: 3e-3, weightDecay: 0.05, decays: ['kernel'] });
 */
export const adamW: Kind<AdamOptions, Optimizer> = optimizerKind({
  type: 'adamW',
  doc: 'Adam with weight decay apart from the gradient.',
  options: adamOptions(0.01),
  make: (settings) => adamFunctions(settings, true),
});
