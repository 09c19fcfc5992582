export type { Activation, FusedActivation } from './activations.ts';
export { activationNames } from './activations.ts';
export { initialValues } from './initial-values.ts';
export {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  ones,
  pytorchDefault,
  randomNormal,
  randomUniform,
  truncatedNormal,
  varianceScaling,
  zeros,
  type InitializerRecord,
  type VarianceScalingOptions,
} from './initializers.ts';
export {
  defineLayer,
  isSymbolicTensor,
  outputOf,
  type LayerCall,
  type LayerFactory,
  type LayerFunction,
  type LayerOptions,
  type SymbolicTensor,
} from './layer-function.ts';
export { activation, type ActivationOptions } from './layers/activation.ts';
export { add } from './layers/add.ts';
export { averagePool2d, type AveragePool2dOptions } from './layers/average-pool2d.ts';
export { batchNorm, type BatchNormOptions } from './layers/batch-norm.ts';
export { conv2d, type Conv2dOptions } from './layers/conv2d.ts';
export { dense, type DenseOptions } from './layers/dense.ts';
export { dropout, type DropoutOptions } from './layers/dropout.ts';
export { flatten } from './layers/flatten.ts';
export { globalAveragePool2d } from './layers/global-average-pool2d.ts';
export { input } from './layers/input.ts';
export { maxPool2d, type MaxPool2dOptions } from './layers/max-pool2d.ts';
export type { Pool2dOptions } from './layers/pool-options.ts';
export { forward, type ForwardOptions, type ForwardResult } from './model/forward.ts';
export type { Step } from './model/fuse.ts';
export { initialize, type Network } from './model/initialize.ts';
export { model, type Connection, type Model, type ModelNode, type ModelOptions } from './model/model.ts';
export { parameterSpecs, stateSpecs } from './model/parameter-specs.ts';
export { modelFormatVersion, modelFromJson, modelToJson } from './model/saving.ts';
export { sequential } from './model/sequential.ts';
export { summarize, summary, type SummaryRow } from './model/summary.ts';
