import { DataError, OptionError, checkTensor, describe, isRecord, suggestion, type Values } from '@striate/core';
import type { BatchGradients } from './compute-gradients.ts';

/**
 * Checks what an update is to be made of.
 *
 * @throws {OptionError} unless they are tensors to be used now
 * @throws {DataError} unless they are of the names and shapes of the gradients of this step
 */
export function checkGradients(
  gradients: unknown,
  parts: readonly BatchGradients[],
  parameters: Values,
  step: number,
): asserts gradients is Values {
  if (!isRecord(gradients) || isRecord(gradients['gradients'])) {
    const advice = isRecord(gradients)
      ? 'It holds them: write trainer.update(result.gradients).'
      : 'Write trainer.update(gradients).';
    throw new OptionError(`trainer.update: got ${describe(gradients)}, but gradients by path are needed. ${advice}`);
  }
  if (parts.length === 0) {
    throw new OptionError(
      `trainer.update: no gradients were computed in step ${step}. Write const { gradients } = trainer.gradients(batch) before.`,
    );
  }
  const wanted = new Set(parts.flatMap((part) => Object.keys(part.gradients)));
  const missing = [...wanted].find((name) => !Object.hasOwn(gradients, name));
  if (missing !== undefined)
    throw new DataError(
      `trainer.update: there is no gradient of '${missing}'. Give one for each parameter that has one in this step.`,
    );
  for (const [name, gradient] of Object.entries(gradients)) {
    if (!wanted.has(name))
      throw new DataError(
        `trainer.update: there is no gradient of '${name}' in this step. ${suggestion(name, [...wanted])}`,
      );
    checkTensor('trainer.update', `the gradient of '${name}'`, gradient);
    const { shape } = parameters[name]!;
    if (gradient.shape.join() === shape.join()) continue;
    throw new DataError(
      `trainer.update: the gradient of '${name}' is [${gradient.shape.join(', ')}], but the parameter is [${shape.join(', ')}].`,
    );
  }
}
