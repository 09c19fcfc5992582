import {
  OptionError,
  checkCounts,
  checkOptionNames,
  checkOptions,
  checkRange,
  describe,
  isRecord,
  suggestion,
} from '@striate/core';
import type { Optimizer } from './optimizer.ts';

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
export function cosineDecay(options: CosineDecayOptions): CosineDecay {
  checkOptions(
    'cosineDecay',
    options,
    { initialLearningRate: true, decaySteps: true, alpha: true },
    'cosineDecay({ initialLearningRate: 0.001, decaySteps: 5628 })',
  );
  const { initialLearningRate = 1e-3, decaySteps, alpha = 0 } = options;
  const record: CosineDecay = { type: 'cosineDecay', initialLearningRate, decaySteps, alpha };
  checkCosineDecay('cosineDecay', record);
  return record;
}

function checkCosineDecay(where: string, { initialLearningRate, decaySteps, alpha }: CosineDecay): void {
  checkRange(where, 'initialLearningRate', initialLearningRate, 0, Infinity);
  checkCounts(where, { decaySteps });
  if (!(typeof alpha === 'number' && alpha >= 0 && alpha <= 1))
    throw new OptionError(`${where}: alpha is ${describe(alpha)}, but must be from 0 to 1.`);
}

/** @throws {OptionError} unless it is a number of at least 0, or a schedule's record without a flaw */
export function checkLearningRate(where: string, learningRate: LearningRate): void {
  if (!isRecord(learningRate)) {
    if (typeof learningRate === 'number') return checkRange(where, 'learningRate', learningRate, 0, Infinity);
    throw new OptionError(
      `${where}: learningRate is ${describe(learningRate)}, but must be a number or a schedule. ` +
        'Write learningRate: 0.001, or cosineDecay({ initialLearningRate: 0.001, decaySteps: 5628 }).',
    );
  }
  const { type } = learningRate;
  if (type !== 'cosineDecay') {
    throw new OptionError(
      `${where}: learningRate is a schedule of type ${describe(type)}. ${suggestion(String(type), ['cosineDecay'])}`,
    );
  }
  checkOptionNames(`${where}: learningRate`, learningRate, ['type', 'initialLearningRate', 'decaySteps', 'alpha']);
  checkCosineDecay(`${where}: learningRate`, learningRate);
}

/** The learning rate of a step, of which `step` have been done before. */
export function learningRateAt({ options: { learningRate } }: Optimizer, step: number): number {
  if (typeof learningRate === 'number') return learningRate;
  const { initialLearningRate, decaySteps, alpha } = learningRate;
  const height = (1 + Math.cos((Math.PI * Math.min(step, decaySteps)) / decaySteps)) / 2;
  return initialLearningRate * (alpha + (1 - alpha) * height);
}
