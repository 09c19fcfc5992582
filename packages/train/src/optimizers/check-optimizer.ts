import { checkRecord, type RecordKind } from '../check-record.ts';
import { checkLearningRate } from './learning-rate.ts';
import type { Optimizer } from './optimizer.ts';

const adamOptions = ['learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay', 'decays'];

const kind: RecordKind = {
  what: 'an optimizer',
  functions: ['init', 'update'],
  names: ['type', 'options', 'init', 'update'],
  options: {
    adam: adamOptions,
    adamW: adamOptions,
    sgd: ['learningRate', 'momentum', 'nesterov', 'weightDecay', 'decays'],
  },
  examples: 'optimizer: adam({ learningRate: 0.001 }) or sgd({ learningRate: 0.01 })',
};

/** @throws {OptionError} unless it is an optimiser with a learning rate that can be used, saying what to write */
export function checkOptimizer(where: string, value: unknown): asserts value is Optimizer {
  checkRecord(where, kind, value);
  checkLearningRate(where, (value as Optimizer).options.learningRate);
}
