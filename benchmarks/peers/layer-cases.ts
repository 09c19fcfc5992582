import {
  adaptiveAveragePool2d,
  averagePool2d,
  batchNorm,
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  locallyConnected2d,
  maxPool2d,
  type LayerFunction,
} from '@striate/layers';

/** A layer whose training step is compared; pytorch-layers.py makes the same one of its saved form. */
export interface LayerCase {
  layer: LayerFunction;
  /** NHWC. */
  inputShape: readonly [number, number, number, number];
}

const image = [8, 112, 112, 64] as const;

/** The layers of `pnpm bench layers`, by name. */
export const layerCases: Record<string, LayerCase> = {
  depthwise: { layer: depthwiseConv2d({ kernelSize: 3, padding: 'same' }), inputShape: image },
  'depthwise-stride-2': { layer: depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 1 }), inputShape: image },
  'depthwise-multiplier-2': {
    layer: depthwiseConv2d({ kernelSize: 3, padding: 'same', depthMultiplier: 2 }),
    inputShape: [8, 56, 56, 64],
  },
  grouped: { layer: conv2d({ filters: 64, kernelSize: 3, padding: 'same', groups: 4 }), inputShape: [8, 56, 56, 64] },
  dilated: { layer: conv2d({ filters: 64, kernelSize: 3, padding: 2, dilation: 2 }), inputShape: [8, 28, 28, 64] },
  transposed: {
    layer: conv2dTranspose({ filters: 32, kernelSize: 3, strides: 2, padding: 1, outputPadding: 1 }),
    inputShape: [8, 28, 28, 64],
  },
  'locally-connected': { layer: locallyConnected2d({ filters: 32, kernelSize: 3 }), inputShape: [32, 14, 14, 32] },
  'batch-norm': { layer: batchNorm(), inputShape: [32, 56, 56, 64] },
  'group-norm': { layer: groupNorm({ groups: 32 }), inputShape: [32, 56, 56, 64] },
  'instance-norm': { layer: instanceNorm(), inputShape: [32, 56, 56, 64] },
  'layer-norm': { layer: layerNorm(), inputShape: [32, 56, 56, 64] },
  'local-response-norm': { layer: localResponseNorm(), inputShape: [32, 27, 27, 96] },
  'max-pool': { layer: maxPool2d({ poolSize: 3, strides: 2 }), inputShape: [32, 56, 56, 64] },
  'average-pool': { layer: averagePool2d(), inputShape: [32, 56, 56, 64] },
  'adaptive-average-pool': { layer: adaptiveAveragePool2d({ outputSize: 6 }), inputShape: [32, 27, 27, 96] },
};
