import type { Family } from '@striate/core';
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
import { dropConnect } from './layers/drop-connect.ts';
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
import { spectralNorm } from './layers/spectral-norm.ts';
import { stochasticDepth } from './layers/stochastic-depth.ts';
import { stochasticPool2d } from './layers/stochastic-pool2d.ts';
import { subtract } from './layers/subtract.ts';
import { unitNormalization } from './layers/unit-normalization.ts';
import { upSampling2d } from './layers/up-sampling2d.ts';
import { weightNorm } from './layers/weight-norm.ts';
import type { LayerFunction } from './layer-function.ts';
import { layerContract, type LayerMade } from './layer-kind.ts';

/** All layers. */
export const layers: Family<LayerMade, LayerFunction> = {
  ...layerContract,
  kinds: [
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
    dropConnect,
    dropout,
    flatten,
    gaussianDropout,
    gaussianNoise,
    globalAveragePool2d,
    globalMaxPool2d,
    groupNorm,
    inputLayer,
    instanceNorm,
    layerNorm,
    locallyConnected2d,
    localResponseNorm,
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
    spectralNorm,
    stochasticDepth,
    stochasticPool2d,
    subtract,
    unitNormalization,
    upSampling2d,
    weightNorm,
  ],
};
