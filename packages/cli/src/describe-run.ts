import { activeBackend, sizeOf } from '@striate/core';
import { parameterSpecs } from '@striate/layers';
import type { Checkpoint } from '@striate/train';
import type { Material } from './material.ts';
import { count, field, type Output } from './output.ts';
import type { RunFolder } from './run-folder.ts';
import type { RunSettings } from './run-settings.ts';

/** Says what is trained, on what. */
export function describeRun(
  output: Output,
  { model: name, data }: RunSettings,
  { model, train, validation, test }: Material,
): void {
  const specs = Object.entries(parameterSpecs(model));
  const parameters = specs.reduce((sum, [, { shape }]) => sum + sizeOf(shape), 0);
  const held = validation ? `${count(validation.length)} validation, ` : '';
  output.line(field('backend', activeBackend()!.stats().device));
  output.line(field('data', `${data}: ${count(train.length)} training, ${held}${count(test.length)} test images`));
  output.line(field('model', `${name}: ${count(parameters)} parameters`));
  for (const [path, { shape }] of specs) output.detail(`  ${path} [${shape.join(', ')}]`);
}

/** Says where a resumed training goes on. */
export function describeResume(
  output: Output,
  { epochs }: RunSettings,
  { checkpoints: path }: RunFolder,
  found: Checkpoint | undefined,
): void {
  if (!found) {
    output.line(`no checkpoint in ${path} yet: starting afresh`);
    return;
  }
  const { step, epoch } = found.state;
  output.line(`resumed after step ${count(step)}`);
  for (const note of found.notes) output.line(note);
  if (epoch >= epochs) output.line(`all ${epochs} epochs are done already; a larger --epochs goes on`);
}
