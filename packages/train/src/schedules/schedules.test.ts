import { fromRecord, recordOf, type KindRecord } from '@striate/core';
import { describe, expect, it } from 'vitest';
import { adam } from '../optimizers/adam.ts';
import { sgd } from '../optimizers/sgd.ts';
import { cosineDecay } from './cosine-decay.ts';
import { exponentialDecay } from './exponential-decay.ts';
import { rateOfStep } from './learning-rate.ts';
import { linearWarmUp } from './linear-warm-up.ts';
import { piecewiseConstantDecay } from './piecewise-constant-decay.ts';
import { polynomialDecay } from './polynomial-decay.ts';
import { defineSchedule } from './schedule.ts';
import { schedules } from './schedules.ts';

const first = { initialLearningRate: 0.4 };

// Rates of PyTorch 2.15 at the steps from 0 on, by the schedulers named, of an optimiser with lr 0.4.
const cases: readonly [string, KindRecord, readonly number[]][] = [
  [
    'CosineAnnealingLR(T_max=5, eta_min=0.1)',
    cosineDecay({ ...first, decaySteps: 5, alpha: 0.25 }),
    [0.4, 0.37135254915624216, 0.29635254915624215, 0.2036474508437579, 0.1286474508437579, 0.1],
  ],
  [
    'ExponentialLR(gamma=0.8)',
    exponentialDecay({ ...first, decaySteps: 1, decayRate: 0.8 }),
    [0.4, 0.32, 0.256, 0.2048, 0.16384, 0.131072],
  ],
  [
    'StepLR(step_size=2, gamma=0.1)',
    exponentialDecay({ ...first, decaySteps: 2, decayRate: 0.1, staircase: true }),
    [0.4, 0.4, 0.04, 0.04, 0.004, 0.004],
  ],
  [
    'MultiStepLR(milestones=[1, 4], gamma=0.5)',
    piecewiseConstantDecay({ boundaries: [1, 4], values: [0.4, 0.2, 0.1] }),
    [0.4, 0.2, 0.2, 0.2, 0.1, 0.1],
  ],
  [
    'PolynomialLR(total_iters=4, power=2)',
    polynomialDecay({ ...first, decaySteps: 4, endLearningRate: 0, power: 2 }),
    [0.4, 0.225, 0.1, 0.025, 0, 0],
  ],
  [
    'SequentialLR of LinearLR(start_factor=0.25, total_iters=3) and CosineAnnealingLR(T_max=4)',
    linearWarmUp({ warmUpSteps: 3, startFactor: 0.25, next: cosineDecay({ ...first, decaySteps: 4 }) }),
    [0.1, 0.2, 0.3, 0.4, 0.3414213562373095, 0.2, 0.05857864376269051],
  ],
];

describe.each(cases)('%s', (_, schedule, rates) => {
  it('gives the same rates', () => {
    const optimizer = sgd({ learningRate: schedule });
    for (const [step, rate] of rates.entries())
      expect(rateOfStep('here', optimizer.options.learningRate)(step)).toBeCloseTo(rate, 14);
  });

  it('is the same after a file', () => {
    const written: unknown = JSON.parse(JSON.stringify(recordOf(schedules, 'here', 'schedule', schedule)));
    const read = fromRecord(schedules, written, { where: 'here', kinds: [] });
    expect(read).toEqual(schedule);
    for (const [step, rate] of rates.entries()) expect(rateOfStep('here', read)(step)).toBeCloseTo(rate, 14);
  });
});

it('stays where it is a number, behind a warm-up too', () => {
  expect(rateOfStep('here', adam({ learningRate: 0.02 }).options.learningRate)(12_345)).toBe(0.02);
  const warm = adam({ learningRate: linearWarmUp({ warmUpSteps: 4, next: 0.02 }) });
  expect([0, 1, 3, 4, 99].map((step) => rateOfStep('here', warm.options.learningRate)(step))).toEqual([
    0, 0.005, 0.015, 0.02, 0.02,
  ]);
});

it('may be of somebody else, in a warm-up too', () => {
  const halves = defineSchedule({
    type: 'me/halves',
    doc: 'Halves in each step.',
    options: {},
    make: () => (step) => 2 ** -step,
  });
  const optimizer = sgd({ learningRate: linearWarmUp({ warmUpSteps: 1, startFactor: 0.5, next: halves() }) });
  expect([0, 1, 2, 3].map((step) => rateOfStep('here', optimizer.options.learningRate)(step))).toEqual([
    0.5, 1, 0.5, 0.25,
  ]);
  const written: unknown = JSON.parse(JSON.stringify(optimizer.options.learningRate));
  expect(() => fromRecord(schedules, written, { where: 'here', kinds: [] })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: here: next is of the unknown type 'me/halves'. Known: cosineDecay, exponentialDecay, piecewiseConstantDecay, polynomialDecay, linearWarmUp. If it is a schedule of your own or of another package, pass its kind: kinds: [halves].]`,
  );
  expect(rateOfStep('here', fromRecord(schedules, written, { where: 'here', kinds: [halves] }))(3)).toBe(0.25);
});

it('refuses impossible options', () => {
  expect(() => cosineDecay({ decaySteps: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: cosineDecay: decaySteps is 0, but must be a whole number of at least 1.]`,
  );
  expect(() => cosineDecay({ decaySteps: 10, alpha: 2 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: cosineDecay: alpha is 2, but must be from 0 to 1.]`,
  );
  expect(() => cosineDecay({ decaySteps: 10, initialLearningRate: -1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: cosineDecay: initialLearningRate is -1, but must be finite and at least 0.]`,
  );
  expect(() => adam({ learningRate: -1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: adam: learningRate is -1, but must be finite and at least 0.]`,
  );
  expect(() => piecewiseConstantDecay({ boundaries: [5, 5], values: [1, 2, 3] })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: piecewiseConstantDecay: boundaries[1] is 5, but must be above the one before.]`,
  );
  expect(() => piecewiseConstantDecay({ boundaries: [5], values: [1] })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: piecewiseConstantDecay: there are 1 values for 1 boundaries, but must be one more: 2.]`,
  );
  expect(() => linearWarmUp({ warmUpSteps: 5, next: 'cosineDecay' as never })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: linearWarmUp: next is "cosineDecay", but must be finite and at least 0.]`,
  );
});
