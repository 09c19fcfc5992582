import type { StepMoment } from '@striate/train';
import { expect, test } from 'vitest';
import { createPace } from './pace.ts';

/** 64 images a step, 100 steps an epoch, 2 epochs. */
const moment = (step: number): StepMoment =>
  ({
    step,
    epoch: Math.ceil(step / 100),
    batch: ((step - 1) % 100) + 1,
    samples: 64,
    run: { epochs: 2, batchesPerEpoch: 100 },
  }) as StepMoment; // all that is looked at

test('tells the pace and the time left; pauses do not count', () => {
  let time = 0;
  const pace = createPace(undefined, () => time);
  let last;
  for (let step = 1; step <= 100; step++) {
    time += 10;
    if (step === 50) {
      expect(last?.imagesPerSecond).toBeUndefined();
      pace.pause();
      time += 60_000;
      pace.resume();
    }
    if (step === 51) pace.goOn();
    if (step === 80) pace.settled();
    last = pace.afterStep(moment(step)) ?? last;
  }
  expect(last).toMatchObject({ epoch: 1, epochs: 2, step: 90, steps: 200 });
  expect(last?.seconds).toBeCloseTo(0.9, 6);
  expect(last?.secondsLeft).toBeCloseTo(1.1, 6);
  expect(last?.imagesPerSecond).toBeCloseTo(6400, 0);
});

test('with a limit of steps, these are all; the last one is told', () => {
  let time = 0;
  const pace = createPace(3, () => time);
  const told = [1, 2, 3].map((step) => {
    time += 10;
    return pace.afterStep(moment(step));
  });
  expect(told.map((progress) => progress?.step)).toEqual([undefined, undefined, 3]);
  expect(told[2]).toMatchObject({ steps: 3, secondsLeft: 0 });
});

test('stopped between two reports, it tells the step at which training ended', () => {
  let time = 0;
  const pace = createPace(undefined, () => time);
  expect(pace.atEnd()).toBeUndefined();
  for (let step = 1; step <= 38; step++) {
    time += 10;
    pace.afterStep(moment(step));
  }
  expect(pace.atEnd()).toMatchObject({ epoch: 1, epochs: 2, step: 38, steps: 200, secondsLeft: 0 });
});
