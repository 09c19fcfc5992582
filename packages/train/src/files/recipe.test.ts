import { join } from 'node:path';
import { weightsSha256 } from '@striate/inference';
import { temporaryFolder } from '@striate/inference/testing';
import { wasm } from '@striate/backend-wasm';
import { fill, ops, option, use, type Values } from '@striate/core';
import { beforeAll, expect, test } from 'vitest';
import { fit } from '../fit.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { defineLoss } from '../losses/loss.ts';
import { defineOptimizer } from '../optimizers/optimizer.ts';
import { learningRate } from '../schedules/learning-rate.ts';
import { linearWarmUp } from '../schedules/linear-warm-up.ts';
import { defineSchedule } from '../schedules/schedule.ts';
import { earlierTrainings } from '../testing/earlier-trainings.ts';
import { disposeTraining } from '../training-state.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { recipeOf } from './recipe.ts';

// The build whose bits no machine moves.
beforeAll(() => use(wasm({ threads: 1, simd: 'plain' })));

const saved = join(import.meta.dirname, '..', 'testing', 'saved-before', 'trainings');

test.each(Object.entries(earlierTrainings))(
  'the training %s goes on by what its checkpoint says of it',
  async (name, { model, options }) => {
    const checkpoint = await readCheckpoint(join(saved, name, 'checkpoint-000006'), model());
    const recipe = recipeOf(checkpoint);
    expect(recipe.optimizer.options).toEqual(options().optimizer.options);
    const { state: resume } = checkpoint;
    const given = await fit(model(), { ...options(), resume });
    const read = await fit(model(), { ...options(), ...recipe, resume });
    expect(await weightsSha256(read.network)).toBe(await weightsSha256(given.network));
    for (const held of [resume, given.state, read.state]) disposeTraining(held);
  },
);

const slow = defineOptimizer({
  type: 'me/slow',
  doc: 'Goes along a mean of the gradients.',
  options: {
    learningRate: learningRate(0.1),
    memory: option.number({ doc: 'What is kept.', default: 0.5, minimum: 0, below: 1 }),
  },
  make: ({ memory }) => ({
    init: (parameters) => ({ means: map(parameters, ({ shape }) => fill(shape, 0)) }),
    update({ parameters, gradients, state, learningRate: rate }) {
      const means = map(gradients, (gradient, path) =>
        ops.add(ops.multiply(state['means']![path]!, memory), ops.multiply(gradient, 1 - memory)),
      );
      return {
        parameters: map(parameters, (value, path) => ops.subtract(value, ops.multiply(means[path]!, rate))),
        state: { means },
      };
    },
  }),
});
const inverse = defineSchedule({
  type: 'me/inverse',
  doc: 'One over the steps.',
  options: { first: option.number({ doc: 'At step 0.', default: 0.1, minimum: 0 }) },
  make:
    ({ first }) =>
    (step) =>
      first / (1 + step),
});
const twice = defineLoss({
  type: 'me/twice',
  doc: 'Some times the cross-entropy.',
  options: { times: option.number({ doc: 'How many times.', default: 2, above: 0 }) },
  make({ times }) {
    const { check, compute } = crossEntropy();
    return {
      takes: 'logits',
      outputMeaning: 'classes',
      check,
      compute: (given) => ops.multiply(compute(given), times),
    };
  },
});
const kinds = [slow, inverse, twice];

function map<Result>(values: Values, make: (value: Values[string], path: string) => Result): Record<string, Result> {
  return Object.fromEntries(Object.entries(values).map(([path, value]) => [path, make(value, path)]));
}

test('kinds of others train, are saved and go on to the same bits', async () => {
  const { model, options } = earlierTrainings['sgd']!;
  const own = {
    ...options(),
    optimizer: slow({ learningRate: linearWarmUp({ warmUpSteps: 3, next: inverse({ first: 0.2 }) }), memory: 0.25 }),
    loss: twice({ times: 3 }),
  };
  const whole = await fit(model(), own);
  const cut = await fit(model(), {
    ...own,
    callbacks: [{ onStep: ({ step, stop }) => (step === 3 ? stop('enough') : undefined) }],
  });
  const folder = join(await temporaryFolder(), 'checkpoint-000003');
  await writeCheckpoint(folder, cut.state, own.optimizer);
  const checkpoint = await readCheckpoint(folder, model());
  const recipe = recipeOf(checkpoint, { kinds });
  const resumed = await fit(model(), { ...options(), ...recipe, resume: checkpoint.state });
  expect(await weightsSha256(resumed.network)).toBe(await weightsSha256(whole.network));
  expect(() => recipeOf({ ...checkpoint, folder: 'a' })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: recipeOf: checkpoint a: its optimizer is of the unknown type 'me/slow'. Known: adam, adamW, sgd. If it is an optimizer of your own or of another package, pass its kind: kinds: [slow].]`,
  );
  expect(() => recipeOf({ ...checkpoint, folder: 'a' }, { kinds: [slow, twice] })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: recipeOf: checkpoint a: its optimizer: learningRate: next is of the unknown type 'me/inverse'. Known: cosineDecay, exponentialDecay, piecewiseConstantDecay, polynomialDecay, linearWarmUp. If it is a schedule of your own or of another package, pass its kind: kinds: [inverse].]`,
  );
  await expect(fit(model(), { ...own, loss: twice({ times: 2 }), resume: checkpoint.state })).rejects.toThrow('times');
  for (const held of [whole.state, cut.state, checkpoint.state, resumed.state]) disposeTraining(held);
});
