export type { Activation, ActivationRecord, FusedActivation } from './activations.ts';
export { activationNames } from './activations.ts';
export type { RegularizationOptions } from './kernel-and-bias.ts';
export { initializers, initialValues } from './initial-values.ts';
export { defineLayerKind, type LayerMade } from './layer-kind.ts';
export { layers } from './layers.ts';
export * from './layers/index.ts';
export { defineInitializer, type InitializerFunction } from './initializer-kind.ts';
export * from './initializers/index.ts';
export type { AxisOption, DataFormatOption } from './along-axis.ts';
export type { ConvolutionWindowOptions } from './convolution-window.ts';
export type { DataFormat } from './data-format.ts';
export type { DepthwiseKernelOptions, PointwiseKernelOptions } from './depthwise-kernel.ts';
export type { ImageSides } from './image-sides.ts';
export {
  defineLayer,
  isSymbolicTensor,
  outputOf,
  type LayerCall,
  type LayerFunction,
  type LayerOptions,
  type SymbolicTensor,
} from './layer-function.ts';
export { checkModel, isModel } from './model/check-model.ts';
export { checkModelOrNetwork, checkNetwork, checkWeight, type AnyNetwork } from './model/check-network.ts';
export { foldBatchNorm } from './model/fold-batch-norm.ts';
export { forward, type ForwardOptions, type ForwardResult } from './model/forward.ts';
export { initialize, type Network } from './model/initialize.ts';
export { layersFor, type LayersForOptions } from './model/layers-for.ts';
export {
  measureReceptiveField,
  type MeasureReceptiveFieldOptions,
  type MeasuredField,
} from './model/measure-receptive-field.ts';
export {
  receptiveField,
  receptiveFields,
  type ReceptiveField,
  type ReceptiveFieldOptions,
} from './model/receptive-field.ts';
export {
  freeze,
  frozenParameters,
  unfreeze,
  type FreezableLayer,
  type IsFrozen,
  type UnfreezeOptions,
} from './model/freeze.ts';
export { model, type ModelOptions } from './model/model.ts';
export type { Connection, Model, ModelGraph, ModelNode, Step } from './model/model-graph.ts';
export { outputActivation, type ProbabilityActivation } from './model/output-activation.ts';
export { outputNames } from './model/output-names.ts';
export { parameterSpecs, stateSpecs } from './model/parameter-specs.ts';
export { modelFormatVersion, modelFromJson, modelToJson, type LoadOptions } from './model/saving.ts';
export { regularize, type RegularizeOptions } from './model/regularize.ts';
export { sequential } from './model/sequential.ts';
export { summarize, summary, type SummaryColumn, type SummaryOptions, type SummaryRow } from './model/summary.ts';
export type { ScaleAndCenterOptions } from './scale-and-center.ts';
