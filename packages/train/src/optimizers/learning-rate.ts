import { OptionError } from '@striate/core';
import type { Optimizer } from './optimizer.ts';
import { checkAtLeastZero } from './weight-decay.ts';

/** A learning rate that falls along half a cosine; see {@link cosineDecay}. */
export type CosineDecay = {
  readonly type: 'cosineDecay';
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly alpha: number;
};

/** A number, or a record that gives one for each step. */
export type LearningRate = number | CosineDecay;

/** Options of {@link cosineDecay}. */
export interface CosineDecayOptions {
  /** At step 0. Default 0.001. */
  initialLearningRate?: number;
  /** Steps until the lowest rate is reached: epochs * batchesPerEpoch for all of a training. */
  decaySteps: number;
  /** Lowest rate as a share of the initial one, in [0, 1]. Default 0. */
  alpha?: number;
}

/**
 * A learning rate that falls from its initial value along half a cosine, and then stays:
 *
 *   rate(step) = initialLearningRate * (alpha + (1 - alpha) * (1 + cos(pi * min(step, decaySteps) / decaySteps)) / 2)
 *
 * Source: Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983, without restarts; Keras' CosineDecay
 *
 * @throws {OptionError} if an option is out of range
 * @example
 * const optimizer = adam({ learningRate: cosineDecay({ initialLearningRate: 1e-3, decaySteps: 6 * 938 }) });
 */
export function cosineDecay({ initialLearningRate = 1e-3, decaySteps, alpha = 0 }: CosineDecayOptions): CosineDecay {
  checkAtLeastZero('cosineDecay', { initialLearningRate });
  if (!Number.isInteger(decaySteps) || decaySteps < 1) {
    throw new OptionError(`cosineDecay: decaySteps is ${decaySteps}, but must be a whole number of at least 1.`);
  }
  if (!(alpha >= 0 && alpha <= 1)) throw new OptionError(`cosineDecay: alpha is ${alpha}, but must be from 0 to 1.`);
  return { type: 'cosineDecay', initialLearningRate, decaySteps, alpha };
}

/** @throws {OptionError} unless a number is at least 0; records were checked when they were made */
export function checkLearningRate(where: string, learningRate: LearningRate): void {
  if (typeof learningRate === 'number') checkAtLeastZero(where, { learningRate });
}

/** The learning rate of a step, of which `step` have been done before. */
export function learningRateAt({ options: { learningRate } }: Optimizer, step: number): number {
  if (typeof learningRate === 'number') return learningRate;
  const { initialLearningRate, decaySteps, alpha } = learningRate;
  const height = (1 + Math.cos((Math.PI * Math.min(step, decaySteps)) / decaySteps)) / 2;
  return initialLearningRate * (alpha + (1 - alpha) * height);
}
