export type { Callback, EndMoment, EpochMoment, Moment, Run, StepMoment } from './callbacks/callback.ts';
export { checkpoints, type CheckpointsOptions } from './callbacks/checkpoints.ts';
export type { Basis } from './basis.ts';
export { disposeBatch, toDevice, type DeviceBatch } from './device-batch.ts';
export { evaluate, type EvaluateOptions } from './evaluate.ts';
export { latestCheckpoint, listCheckpoints, setAsideCheckpoints } from './files/checkpoint-folders.ts';
export { readCheckpoint, writeCheckpoint, type Checkpoint } from './files/checkpoint.ts';
export { fit, type FitOptions, type FitResult } from './fit.ts';
export type { History } from './history.ts';
export { binaryCrossEntropy } from './losses/binary-cross-entropy.ts';
export { crossEntropy, type CrossEntropyOptions } from './losses/cross-entropy.ts';
export type { HostTargets, Loss, LossInputs } from './losses/loss.ts';
export { meanSquaredError } from './losses/mean-squared-error.ts';
export { accuracy } from './metrics/accuracy.ts';
export { binaryAccuracy } from './metrics/binary-accuracy.ts';
export type { Metric } from './metrics/metric.ts';
export { topK } from './metrics/top-k.ts';
export { adam, adamW, type AdamOptions } from './optimizers/adam.ts';
export {
  cosineDecay,
  type CosineDecay,
  type CosineDecayOptions,
  type LearningRate,
} from './optimizers/learning-rate.ts';
export type { Optimizer, OptimizerState, UpdateInputs } from './optimizers/optimizer.ts';
export { sgd, type SgdOptions } from './optimizers/sgd.ts';
export type { WeightDecayOptions } from './optimizers/weight-decay.ts';
export { averageGradients, type CountedGradients } from './step/average-gradients.ts';
export { createTrainer, type StepGradients, type Trainer, type TrainerOptions } from './step/trainer.ts';
export type { Objectives } from './tasks.ts';
export {
  disposeTraining,
  type DataMark,
  type EpochRecord,
  type EpochSums,
  type Position,
  type TrainingState,
  type TrainingValues,
} from './training-state.ts';
