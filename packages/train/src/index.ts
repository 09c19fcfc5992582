export type { Callback, EndMoment, EpochMoment, Moment, Run, StepMoment } from './callbacks/callback.ts';
export { checkpoints, type CheckpointsOptions } from './callbacks/checkpoints.ts';
export type { Basis } from './basis.ts';
export { disposeBatch, toDevice, type DeviceBatch } from './device-batch.ts';
export { evaluate, type EvaluateOptions } from './evaluate.ts';
export { latestCheckpoint, listCheckpoints, setAsideCheckpoints } from './files/checkpoint-folders.ts';
export { recipeOf, type Recipe } from './files/recipe.ts';
export { readCheckpoint, writeCheckpoint, type Checkpoint } from './files/checkpoint.ts';
export type { EpochSums } from './epoch-sums.ts';
export { fit, type FitResult } from './fit.ts';
export type { FitOptions } from './fit-options.ts';
export type { EpochRecord, History } from './history.ts';
export { binaryCrossEntropy } from './losses/binary-cross-entropy.ts';
export { crossEntropy, type CrossEntropyOptions } from './losses/cross-entropy.ts';
export { defineLoss, type HostTargets, type Loss, type LossFunctions, type LossInputs } from './losses/loss.ts';
export { losses } from './losses/losses.ts';
export { meanSquaredError } from './losses/mean-squared-error.ts';
export { accuracy } from './metrics/accuracy.ts';
export { binaryAccuracy } from './metrics/binary-accuracy.ts';
export { defineMetric, type Metric, type MetricFunctions, type MetricInputs } from './metrics/metric.ts';
export { metrics } from './metrics/metrics.ts';
export { topK, type TopKOptions } from './metrics/top-k.ts';
export type { AdamOptions } from './optimizers/adam-update.ts';
export { adamW } from './optimizers/adam-w.ts';
export { adam } from './optimizers/adam.ts';
export {
  defineOptimizer,
  type Optimizer,
  type OptimizerFunctions,
  type OptimizerState,
  type UpdateInputs,
} from './optimizers/optimizer.ts';
export { optimizers } from './optimizers/optimizers.ts';
export { sgd, type SgdOptions } from './optimizers/sgd.ts';
export type { WeightDecayOptions } from './optimizers/weight-decay.ts';
export { averageGradients, type CountedGradients } from './step/average-gradients.ts';
export { createTrainer, type StepGradients, type Trainer } from './step/trainer.ts';
export type { TrainerOptions } from './step/trainer-options.ts';
export { cosineDecay, type CosineDecayOptions } from './schedules/cosine-decay.ts';
export { exponentialDecay, type ExponentialDecayOptions } from './schedules/exponential-decay.ts';
export { learningRate } from './schedules/learning-rate.ts';
export { linearWarmUp, type LinearWarmUpOptions } from './schedules/linear-warm-up.ts';
export { piecewiseConstantDecay, type PiecewiseConstantDecayOptions } from './schedules/piecewise-constant-decay.ts';
export { polynomialDecay, type PolynomialDecayOptions } from './schedules/polynomial-decay.ts';
export { defineSchedule, type LearningRate, type Schedule } from './schedules/schedule.ts';
export { schedules } from './schedules/schedules.ts';
export type { Objectives } from './tasks.ts';
export {
  disposeTraining,
  type DataMark,
  type Position,
  type TrainingState,
  type TrainingValues,
} from './training-state.ts';
