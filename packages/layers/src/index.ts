export type { Activation, ActivationRecord, FusedActivation } from './activations.ts';
export { activationNames } from './activations.ts';
export type { RegularizationOptions } from './kernel-and-bias.ts';
export { initializers, initialValues } from './initial-values.ts';
export { defineLayerKind, type LayerMade } from './layer-kind.ts';
export { layers } from './layers.ts';
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
export { activation, type ActivationOptions } from './layers/activation.ts';
export { add } from './layers/add.ts';
export { adaptiveAveragePool2d } from './layers/adaptive-average-pool2d.ts';
export { adaptiveMaxPool2d } from './layers/adaptive-max-pool2d.ts';
export type { AdaptivePool2dOptions } from './layers/adaptive-pool2d.ts';
export { averagePool2d, type AveragePool2dOptions } from './layers/average-pool2d.ts';
export { average } from './layers/average.ts';
export { batchNorm, type BatchNormOptions } from './layers/batch-norm.ts';
export { concatenate, type ConcatenateOptions } from './layers/concatenate.ts';
export { conv1d, type Conv1dOptions, type Padding1d } from './layers/conv1d.ts';
export { conv2dTranspose, type Conv2dTransposeOptions } from './layers/conv2d-transpose.ts';
export { conv2d, type Conv2dOptions } from './layers/conv2d.ts';
export { cropping2d, type Cropping2dOptions } from './layers/cropping2d.ts';
export { dense, type DenseOptions } from './layers/dense.ts';
export { depthwiseConv2d, type DepthwiseConv2dOptions } from './layers/depthwise-conv2d.ts';
export { alphaDropout, type AlphaDropoutOptions } from './layers/alpha-dropout.ts';
export { dropBlock, type DropBlockOptions } from './layers/drop-block.ts';
export { dropConnect, type DropConnectOptions } from './layers/drop-connect.ts';
export { dropout, type DropoutOptions } from './layers/dropout.ts';
export { flatten } from './layers/flatten.ts';
export { gaussianDropout, type GaussianDropoutOptions } from './layers/gaussian-dropout.ts';
export { gaussianNoise, type GaussianNoiseOptions } from './layers/gaussian-noise.ts';
export { globalAveragePool2d } from './layers/global-average-pool2d.ts';
export { globalMaxPool2d } from './layers/global-max-pool2d.ts';
export type { GlobalPool2dOptions } from './layers/global-pool2d.ts';
export { groupNorm, type GroupNormOptions } from './layers/group-norm.ts';
export { input } from './layers/input.ts';
export { instanceNorm, type InstanceNormOptions } from './layers/instance-norm.ts';
export { layerNorm, type LayerNormOptions } from './layers/layer-norm.ts';
export { localResponseNorm, type LocalResponseNormOptions } from './layers/local-response-norm.ts';
export { locallyConnected2d, type LocallyConnected2dOptions } from './layers/locally-connected2d.ts';
export { maxPool2d, type MaxPool2dOptions } from './layers/max-pool2d.ts';
export { maximum } from './layers/maximum.ts';
export { maxout, type MaxoutOptions } from './layers/maxout.ts';
export { minimum } from './layers/minimum.ts';
export { multiply } from './layers/multiply.ts';
export { normalization, type NormalizationOptions } from './layers/normalization.ts';
export { padding2d, zeroPadding2d, type Padding2dOptions, type ZeroPadding2dOptions } from './layers/padding2d.ts';
export { permute, type PermuteOptions } from './layers/permute.ts';
export type { Pool2dOptions } from './layers/pool-options.ts';
export { prelu, type PreluOptions } from './layers/prelu.ts';
export { rescaling, type RescalingOptions } from './layers/rescaling.ts';
export { reshape, type ReshapeOptions } from './layers/reshape.ts';
export { resizing, type ResizingOptions } from './layers/resizing.ts';
export { separableConv2d, type SeparableConv2dOptions } from './layers/separable-conv2d.ts';
export { spatialDropout2d, type SpatialDropout2dOptions } from './layers/spatial-dropout2d.ts';
export { spectralNorm, type SpectralNormOptions } from './layers/spectral-norm.ts';
export { stochasticDepth, type StochasticDepthOptions } from './layers/stochastic-depth.ts';
export { stochasticPool2d } from './layers/stochastic-pool2d.ts';
export { subtract } from './layers/subtract.ts';
export { unitNormalization, type UnitNormalizationOptions } from './layers/unit-normalization.ts';
export { upSampling2d, type UpSampling2dOptions } from './layers/up-sampling2d.ts';
export { weightNorm } from './layers/weight-norm.ts';
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
