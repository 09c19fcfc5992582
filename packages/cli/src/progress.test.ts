import { expect, test } from 'vitest';
import { barWidth, describeEpoch } from './progress.ts';

test('an epoch is one line', () => {
  const record = {
    epoch: 1,
    step: 891,
    loss: 0.24312,
    seconds: 4.3,
    imagesPerSecond: 13_204.4,
    accuracy: 0.92671,
    'validation.accuracy': 0.979,
  };
  expect(describeEpoch(record, 6)).toBe(
    'epoch 1/6: loss 0.2431, accuracy 92.67%, validation accuracy 97.90%, 13,204 images/s',
  );
});

test('without validation there is no word of it', () => {
  expect(describeEpoch({ epoch: 2, step: 10, loss: 1, seconds: 1, imagesPerSecond: 640, accuracy: 0.5 }, 2)).toBe(
    'epoch 2/2: loss 1.0000, accuracy 50.00%, 640 images/s',
  );
});

test('the bar fits beside its words', () => {
  expect([200, 80, 70, 40].map(barWidth)).toEqual([28, 28, 18, 5]);
});
