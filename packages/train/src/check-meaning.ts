import { OptionError } from '@striate/core';
import type { Network } from '@striate/layers';
import { meaningsOf, type Task } from './tasks.ts';

/**
 * Checks that losses measure outputs by what these mean since their training: a cross entropy of numbers would be a number
 * too. Squared distances of probabilities are one that people want (Brier's score).
 *
 * @throws {OptionError} saying which loss goes with the meaning
 */
export function checkMeaning(where: string, { model, outputMeaning }: Network, tasks: readonly Task[]): void {
  if (outputMeaning === undefined) return;
  for (const { name, prefix, loss } of tasks) {
    const known = typeof outputMeaning === 'string' ? outputMeaning : outputMeaning[name];
    const meant = loss.outputMeaning;
    if (known === undefined || meant === undefined || known === meant) continue;
    if (known === 'probabilities' && meant === 'numbers') continue;
    const which = prefix === '' ? 'the network gives' : `output '${name}' gives`;
    const other = JSON.stringify(meaningsOf(model, tasks, outputMeaning));
    throw new OptionError(
      `${where}: ${which} '${known}', as it was trained, but ${loss.type} is for '${meant}'. ${advice[known]} ` +
        `If it does give '${meant}': { ...network, outputMeaning: ${other} }.`,
    );
  }
}

const advice = {
  classes: 'Write loss: crossEntropy().',
  probabilities: 'Write loss: meanSquaredError(), or take the network without its last activation.',
  labels: 'Write loss: binaryCrossEntropy().',
  numbers: 'Write loss: meanSquaredError().',
} as const;
