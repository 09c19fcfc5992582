import {
  accuracy,
  adam,
  cosineDecay,
  crossEntropy,
  fit,
  type Callback,
  type FitResult,
  type TrainingState,
} from '@striate/train';
import type { Data } from './data.ts';
import { model } from './model.ts';

/** How to train. */
export interface TrainOptions {
  data: Data;
  /** In all, those before a resume included. Default 1. */
  epochs?: number;
  /** Stop after so many steps. Default: when the epochs are over. */
  steps?: number;
  /** First weights and dropout hang on it. Default 1. */
  seed?: number;
  /** Ends training after the step in which it is aborted; what was trained is kept. */
  signal?: AbortSignal;
  /** A training to go on with, made with the same seed. */
  resume?: TrainingState;
  /** Told of each step (`onStep`) and each epoch (`onEpochEnd`). */
  callbacks?: readonly Callback[];
}

/** Trains the network with Adam, at a learning rate that falls to 0 along half a cosine. */
export async function train({ data, epochs = 1, seed = 1, signal, resume, ...more }: TrainOptions): Promise<FitResult> {
  const { steps = Infinity, callbacks = [] } = more;
  const decaySteps = epochs * data.train.batchesPerEpoch;
  return fit(model(), {
    data: data.train,
    validation: data.validation,
    epochs,
    optimizer: adam({ learningRate: cosineDecay({ initialLearningRate: 0.002, decaySteps }) }),
    loss: crossEntropy(),
    metrics: [accuracy()],
    seed,
    stepLosses: true,
    callbacks: [...callbacks, { onStep: ({ step, stop }) => (step >= steps ? stop(`${steps} steps`) : undefined) }],
    ...(signal && { signal }),
    ...(resume && { resume }),
  });
}
