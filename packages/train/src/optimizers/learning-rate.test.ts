import { expect, it } from 'vitest';
import { adam } from './adam.ts';
import { cosineDecay, learningRateAt } from './learning-rate.ts';
import { sgd } from './sgd.ts';

it('stays where it is a number', () => {
  expect(learningRateAt(adam({ learningRate: 0.02 }), 12_345)).toBe(0.02);
});

it('falls along half a cosine and then stays', () => {
  const optimizer = sgd({ learningRate: cosineDecay({ initialLearningRate: 0.4, decaySteps: 100, alpha: 0.25 }) });
  const rates = [0, 25, 50, 100, 1000].map((step) => learningRateAt(optimizer, step));
  const quarter = 0.4 * (0.25 + (0.75 * (1 + Math.SQRT1_2)) / 2);
  for (const [index, rate] of [0.4, quarter, 0.25, 0.1, 0.1].entries()) expect(rates[index]).toBeCloseTo(rate, 12);
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
});
