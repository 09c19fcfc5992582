import { checkMember, type Family } from '@striate/core';
import { binaryCrossEntropy } from './binary-cross-entropy.ts';
import { crossEntropy } from './cross-entropy.ts';
import { lossContract, type Loss, type LossFunctions } from './loss.ts';
import { meanSquaredError } from './mean-squared-error.ts';

/** The losses that come with us. */
export const losses: Family<LossFunctions, Loss> = {
  ...lossContract,
  kinds: [crossEntropy, binaryCrossEntropy, meanSquaredError],
};

/** @throws {OptionError} unless it is a loss, saying what to write */
export function checkLoss(where: string, name: string, value: unknown): asserts value is Loss {
  checkMember(losses, where, name, value);
}
