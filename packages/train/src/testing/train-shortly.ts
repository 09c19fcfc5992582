import { smallNet } from '@striate/inference/testing';
import { fit, type FitResult } from '../fit.ts';
import type { FitOptions } from '../fit-options.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { accuracy } from '../metrics/accuracy.ts';
import { adam } from '../optimizers/adam.ts';
import { data } from './trainers.ts';

/** Two epochs of the small net, of six steps each. */
export const trainShortly = (options: Partial<FitOptions>): Promise<FitResult> =>
  fit(smallNet(), {
    data,
    epochs: 2,
    optimizer: adam({ learningRate: 0.02 }),
    loss: crossEntropy(),
    metrics: [accuracy()],
    ...options,
  });
