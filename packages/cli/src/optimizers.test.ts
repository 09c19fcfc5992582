import { OptionError } from '@striate/core';
import { adamW, cosineDecay, exponentialDecay, linearWarmUp, sgd } from '@striate/train';
import { expect, test } from 'vitest';
import { describeKinds, makeOptimizer, optimizerText, optimizers, scheduleText, schedules } from './optimizers.ts';

test('names without options are what they were', () => {
  expect(makeOptimizer({ optimizer: 'adamw', schedule: 'constant' }, 9).options).toEqual(adamW().options);
  const { options } = sgd({ learningRate: cosineDecay({ initialLearningRate: 0.01, decaySteps: 9 }), momentum: 0.9 });
  expect(makeOptimizer({ optimizer: 'sgd', schedule: 'cosine' }, 9).options).toEqual(options);
});

test('options follow the name', () => {
  const made = makeOptimizer(
    {
      optimizer: 'sgd,momentum=0.5,nesterov,weightDecay=1e-4',
      schedule: 'exponential,decayRate=0.5,staircase',
      learningRate: 0.3,
    },
    9,
  );
  const learningRate = exponentialDecay({ initialLearningRate: 0.3, decaySteps: 9, decayRate: 0.5, staircase: true });
  expect(made.options).toEqual(sgd({ learningRate, momentum: 0.5, nesterov: true, weightDecay: 1e-4 }).options);
  const warm = makeOptimizer({ optimizer: 'adam', schedule: 'linear-warm-up,warmUpSteps=5', learningRate: 0.3 }, 9);
  expect(warm.options.learningRate).toEqual(linearWarmUp({ warmUpSteps: 5, next: 0.3 }));
});

test.each([
  [optimizerText, 'adma', "Did you mean 'adam'? Known: adam, adamw, sgd."],
  [optimizerText, 'constructor', 'Known: adam, adamw, sgd.'],
  [optimizerText, 'sgd,momentun=0.5', "sgd: there is no option 'momentun'. Did you mean 'momentum'?"],
  [optimizerText, 'sgd,momentum=2', 'sgd: momentum is 2, but must be at least 0 and less than 1.'],
  [optimizerText, 'sgd,momentum=0,nesterov', 'so it needs momentum above 0'],
  [optimizerText, 'sgd,learningRate=0.1', "sgd: there is no option 'learningRate'."],
  [scheduleText, 'cosin', "Did you mean 'cosine'? Known: constant, cosine, exponential, polynomial, linear-warm-up."],
  [scheduleText, 'exponential', 'exponential: decayRate is missing. Write --schedule exponential,decayRate=0.1.'],
  [scheduleText, 'cosine,alpha=2', 'cosine: alpha is 2, but must be from 0 to 1.'],
])('%o refuses %s', (read, text, message) => {
  expect(() => read(text)).toThrow(OptionError);
  expect(() => read(text)).toThrow(message);
});

test('help tells each option, its range of forms and its default', () => {
  expect([...describeKinds(optimizers), ...describeKinds(schedules)].join('\n')).toMatchInlineSnapshot(`
    "  adam                      Adam: steps of about the learning rate, whatever the
                                size of gradients.
        beta1=NUMBER            How slowly the mean of gradients forgets. (default:
                                0.9)
        beta2=NUMBER            How slowly the mean of squared gradients forgets.
                                (default: 0.999)
        epsilon=NUMBER          Added to the denominator. (default: 1e-8)
        weightDecay=NUMBER      How strongly parameters are pulled towards 0.
                                (default: 0)
      adamw                     Adam with weight decay apart from the gradient.
        beta1=NUMBER            How slowly the mean of gradients forgets. (default:
                                0.9)
        beta2=NUMBER            How slowly the mean of squared gradients forgets.
                                (default: 0.999)
        epsilon=NUMBER          Added to the denominator. (default: 1e-8)
        weightDecay=NUMBER      How strongly parameters are pulled towards 0.
                                (default: 0.01)
      sgd                       Stochastic gradient descent, with momentum if asked
                                for.
        momentum=NUMBER         Share of the last step's velocity that is kept.
                                (default: 0.9)
        nesterov=true|false     Look ahead along the velocity. (default: false)
        weightDecay=NUMBER      How strongly parameters are pulled towards 0.
                                (default: 0)
      cosine                    Falls along half a cosine, then stays.
        decaySteps=NUMBER       Steps until the lowest rate. (default: all)
        alpha=NUMBER            Lowest rate as a share of the first. (default: 0)
      exponential               Falls by the same factor in the same number of
                                steps, at once or in stairs.
        decaySteps=NUMBER       Steps in which it falls by the factor. (default:
                                all)
        decayRate=NUMBER        The factor.
        staircase=true|false    Fall in stairs. (default: false)
      polynomial                Goes to a last rate along a power of the steps that
                                are left, then stays.
        decaySteps=NUMBER       Steps until the last rate. (default: all)
        endLearningRate=NUMBER  The last rate. (default: 0.0001)
        power=NUMBER            The power; 1 is a straight line. (default: 1)
      linear-warm-up            Rises along a straight line to what comes after.
        warmUpSteps=NUMBER      Steps until then.
        startFactor=NUMBER      First rate as a share of that then. (default: 0)"
  `);
});
