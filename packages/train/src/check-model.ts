import { OptionError } from '@striate/core';
import type { Model } from '@striate/layers';
import type { Loss } from './losses/loss.ts';

/** Whether a model's (first) output is a softmax already. */
export function endsInSoftmax({ nodes, outputs }: Model): boolean {
  return nodes[outputs[0]!.node]!.layer.options['activation'] === 'softmax';
}

/** @throws {OptionError} if the model has several inputs or outputs, or its output is not what the loss takes. */
export function checkModel(where: string, model: Model, loss: Loss): void {
  const { inputs, outputs } = model;
  if (inputs.length !== 1 || outputs.length !== 1) {
    throw new OptionError(
      `${where}: the model has ${inputs.length} inputs and ${outputs.length} outputs, but must have one of each.`,
    );
  }
  if (loss.takes !== 'logits' || !endsInSoftmax(model)) return;
  throw new OptionError(
    `${where}: ${loss.type} takes logits, but the model ends in a softmax. Leave it out; predict gives probabilities all the same.`,
  );
}
