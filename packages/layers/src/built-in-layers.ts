import { activation } from './layers/activation.ts';
import { adaptiveAveragePool2d } from './layers/adaptive-average-pool2d.ts';
import { adaptiveMaxPool2d } from './layers/adaptive-max-pool2d.ts';
import { add } from './layers/add.ts';
import { alphaDropout } from './layers/alpha-dropout.ts';
import { averagePool2d } from './layers/average-pool2d.ts';
import { average } from './layers/average.ts';
import { batchNorm } from './layers/batch-norm.ts';
import { concatenate } from './layers/concatenate.ts';
import { conv1d } from './layers/conv1d.ts';
import { conv2dTranspose } from './layers/conv2d-transpose.ts';
import { conv2d } from './layers/conv2d.ts';
import { cropping2d } from './layers/cropping2d.ts';
import { dense } from './layers/dense.ts';
import { depthwiseConv2d } from './layers/depthwise-conv2d.ts';
import { dropBlock } from './layers/drop-block.ts';
import { dropConnect, type DropConnectOptions } from './layers/drop-connect.ts';
import { dropout } from './layers/dropout.ts';
import { flatten } from './layers/flatten.ts';
import { gaussianDropout } from './layers/gaussian-dropout.ts';
import { gaussianNoise } from './layers/gaussian-noise.ts';
import { globalAveragePool2d } from './layers/global-average-pool2d.ts';
import { globalMaxPool2d } from './layers/global-max-pool2d.ts';
import { groupNorm } from './layers/group-norm.ts';
import { inputLayer } from './layers/input.ts';
import { instanceNorm } from './layers/instance-norm.ts';
import { layerNorm } from './layers/layer-norm.ts';
import { localResponseNorm } from './layers/local-response-norm.ts';
import { locallyConnected2d } from './layers/locally-connected2d.ts';
import { maxPool2d } from './layers/max-pool2d.ts';
import { maximum } from './layers/maximum.ts';
import { maxout } from './layers/maxout.ts';
import { minimum } from './layers/minimum.ts';
import { multiply } from './layers/multiply.ts';
import { normalization } from './layers/normalization.ts';
import { padding2d } from './layers/padding2d.ts';
import { permute } from './layers/permute.ts';
import { prelu } from './layers/prelu.ts';
import { rescaling } from './layers/rescaling.ts';
import { reshape } from './layers/reshape.ts';
import { resizing } from './layers/resizing.ts';
import { separableConv2d } from './layers/separable-conv2d.ts';
import { spatialDropout2d } from './layers/spatial-dropout2d.ts';
import { spectralNorm, type SpectralNormOptions } from './layers/spectral-norm.ts';
import { stochasticDepth } from './layers/stochastic-depth.ts';
import { stochasticPool2d } from './layers/stochastic-pool2d.ts';
import { subtract } from './layers/subtract.ts';
import { unitNormalization } from './layers/unit-normalization.ts';
import { upSampling2d } from './layers/up-sampling2d.ts';
import { weightNorm } from './layers/weight-norm.ts';
import type { LayerFactory, LayerFunction, LayerOptions } from './layer-function.ts';

/** The layers of this package that a saved model can name, by type. */
export const builtInLayers: Record<string, LayerFactory> = {
  activation,
  adaptiveAveragePool2d,
  adaptiveMaxPool2d,
  add,
  alphaDropout,
  average,
  averagePool2d,
  batchNorm,
  concatenate,
  conv1d,
  conv2d,
  conv2dTranspose,
  cropping2d,
  dense,
  depthwiseConv2d,
  dropBlock,
  dropConnect: ({ layer, ...options }: DropConnectOptions & { layer: LayerFunction }) => dropConnect(layer, options),
  dropout,
  flatten,
  gaussianDropout,
  gaussianNoise,
  globalAveragePool2d,
  globalMaxPool2d,
  groupNorm,
  input: inputLayer,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  locallyConnected2d,
  maximum,
  maxout,
  maxPool2d,
  minimum,
  multiply,
  normalization,
  padding2d,
  permute,
  prelu,
  rescaling,
  reshape,
  resizing,
  separableConv2d,
  spatialDropout2d,
  spectralNorm: ({ layer, ...options }: SpectralNormOptions & { layer: LayerFunction }) => spectralNorm(layer, options),
  stochasticDepth,
  stochasticPool2d,
  subtract,
  unitNormalization,
  upSampling2d,
  weightNorm: ({ layer, ...options }: LayerOptions & { layer: LayerFunction }) => weightNorm(layer, options),
};
