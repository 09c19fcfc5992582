import { checkMember, type Family } from '@striate/core';
import { learningRate } from '../schedules/learning-rate.ts';
import { adamW } from './adam-w.ts';
import { adam } from './adam.ts';
import { optimizerContract, type Optimizer, type OptimizerFunctions } from './optimizer.ts';
import { sgd } from './sgd.ts';

/** The optimisers that come with us. */
export const optimizers: Family<OptimizerFunctions, Optimizer> = { ...optimizerContract, kinds: [adam, adamW, sgd] };

const rate = learningRate(1e-3);

/** @throws {OptionError} unless it is an optimiser with a learning rate that can be used, saying what to write */
export function checkOptimizer(where: string, value: unknown): asserts value is Optimizer {
  checkMember(optimizers, where, 'optimizer', value);
  rate.check(`${where}: optimizer`, 'learningRate', (value as Optimizer).options.learningRate);
}
