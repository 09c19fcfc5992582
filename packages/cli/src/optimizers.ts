import { adam, adamW, cosineDecay, sgd, type LearningRate, type Optimizer } from '@striate/train';

interface OptimizerChoice {
  learningRate: number;
  create(learningRate: LearningRate): Optimizer;
}

/** Optimisers by name, with the learning rate that each starts from by default. */
export const optimizers: Record<string, OptimizerChoice> = {
  adam: { learningRate: 1e-3, create: (learningRate) => adam({ learningRate }) },
  adamw: { learningRate: 1e-3, create: (learningRate) => adamW({ learningRate }) },
  sgd: { learningRate: 0.01, create: (learningRate) => sgd({ learningRate, momentum: 0.9 }) },
};

/** Learning rate schedules by name: what becomes of the first rate over all steps of a training. */
export const schedules: Record<string, (initialLearningRate: number, decaySteps: number) => LearningRate> = {
  constant: (learningRate) => learningRate,
  cosine: (initialLearningRate, decaySteps) => cosineDecay({ initialLearningRate, decaySteps }),
};
