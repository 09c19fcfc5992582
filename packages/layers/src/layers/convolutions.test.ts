import { sizeOf } from '@striate/core';
import { describe, expect, it } from 'vitest';
import type { LayerFunction } from '../layer-function.ts';
import { model } from '../model/model.ts';
import { parameterSpecs } from '../model/parameter-specs.ts';
import { summarize } from '../model/summary.ts';
import { checkLayer, type LayerCheck } from '../testing/check-layer.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';
import { conv1d } from './conv1d.ts';
import { conv2dTranspose } from './conv2d-transpose.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { flatten } from './flatten.ts';
import { input } from './input.ts';
import { locallyConnected2d } from './locally-connected2d.ts';
import { separableConv2d } from './separable-conv2d.ts';

const image = [[5, 6, 4]];
const checks: Record<string, LayerCheck> = {
  'conv2d, reflecting': {
    layer: conv2d({ filters: 3, kernelSize: 3, padding: [2, 1, 0, 3], paddingMode: 'reflect', strides: 2 }),
    inputShapes: image,
    outputShape: [3, 4, 3],
    parameterCount: 111,
  },
  'conv2d, circular, channels first': {
    layer: conv2d({ filters: 3, kernelSize: 3, padding: 'same', paddingMode: 'circular', dataFormat: 'channelsFirst' }),
    inputShapes: [[4, 5, 6]],
    outputShape: [3, 5, 6],
    parameterCount: 111,
  },
  depthwiseConv2d: {
    layer: depthwiseConv2d({ kernelSize: 3 }),
    inputShapes: image,
    outputShape: [3, 4, 4],
    parameterCount: 40,
  },
  'depthwiseConv2d with every option': {
    layer: depthwiseConv2d({
      kernelSize: [3, 2],
      strides: [1, 2],
      padding: [1, 2],
      paddingMode: 'replicate',
      dilation: [2, 1],
      depthMultiplier: 3,
      activation: 'tanh',
      useBias: false,
      dataFormat: 'channelsFirst',
    }),
    inputShapes: [[2, 5, 6]],
    outputShape: [6, 3, 5],
    parameterCount: 36,
  },
  separableConv2d: {
    layer: separableConv2d({ filters: 5, kernelSize: 3, padding: 'same', activation: 'tanh' }),
    inputShapes: image,
    outputShape: [5, 6, 5],
    parameterCount: 36 + 20 + 5,
  },
  'separableConv2d with every option': {
    layer: separableConv2d({
      filters: 3,
      kernelSize: 2,
      strides: 2,
      padding: 1,
      paddingMode: 'symmetric',
      dilation: 2,
      depthMultiplier: 2,
      activation: 'sigmoid',
      useBias: false,
      dataFormat: 'channelsFirst',
    }),
    inputShapes: [[4, 5, 6]],
    outputShape: [3, 3, 3],
    parameterCount: 32 + 24,
  },
  conv2dTranspose: {
    layer: conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }),
    inputShapes: [[3, 4, 2]],
    outputShape: [6, 8, 3],
    parameterCount: 57,
  },
  'conv2dTranspose with every option': {
    layer: conv2dTranspose({
      filters: 4,
      kernelSize: [3, 2],
      strides: [3, 2],
      padding: [1, 0, 0, 1],
      outputPadding: [2, 1],
      dilation: [1, 2],
      groups: 2,
      activation: 'tanh',
      useBias: false,
      dataFormat: 'channelsFirst',
    }),
    inputShapes: [[2, 3, 4]],
    outputShape: [4, 10, 9],
    parameterCount: 24,
  },
  locallyConnected2d: {
    layer: locallyConnected2d({ filters: 2, kernelSize: 3, strides: 2, padding: 1, activation: 'relu' }),
    inputShapes: image,
    outputShape: [3, 3, 2],
    parameterCount: 9 * 36 * 2 + 18,
  },
  'locallyConnected2d, channels first, no bias': {
    layer: locallyConnected2d({ filters: 2, kernelSize: [2, 3], useBias: false, dataFormat: 'channelsFirst' }),
    inputShapes: [[2, 4, 5]],
    outputShape: [2, 3, 3],
    parameterCount: 9 * 12 * 2,
  },
  'conv1d, causal and dilated': {
    layer: conv1d({ filters: 4, kernelSize: 3, padding: 'causal', dilation: 2, groups: 2, activation: 'tanh' }),
    inputShapes: [[9, 2]],
    outputShape: [9, 4],
    parameterCount: 16,
  },
  'conv1d, circular': {
    layer: conv1d({ filters: 2, kernelSize: 4, strides: 2, padding: [2, 1], paddingMode: 'circular', useBias: false }),
    inputShapes: [[8, 3]],
    outputShape: [4, 2],
    parameterCount: 24,
  },
};

onEachBackend('convolutions', () => {
  it.each(Object.entries(checks))('%s', async (_name, check) => checkLayer(check));
});

const parametersOf = (layer: LayerFunction, shape: number[]): { weights: number; biases: number } => {
  const x = input(shape);
  const specs = Object.values(parameterSpecs(model({ inputs: x, outputs: layer(x) })));
  const count = (kind: string): number =>
    specs.filter((spec) => spec.kind === kind).reduce((sum, spec) => sum + sizeOf(spec.shape), 0);
  return { weights: count('kernel'), biases: count('bias') };
};
const multiplyAdds = (layer: LayerFunction, shape: number[]): number | null => {
  const x = input(shape);
  return summarize(model({ inputs: x, outputs: layer(x) })).at(-1)!.multiplyAdds;
};

describe('numbers of parameters that lectures count', () => {
  const first = { filters: 96, kernelSize: 11, strides: 4 };
  it("of AlexNet's first layer, with and without shared weights", () => {
    const local = parametersOf(locallyConnected2d(first), [227, 227, 3]);
    expect(local).toEqual({ weights: 290_400 * 363, biases: 290_400 });
    expect(local.weights + local.biases).toBe(105_705_600);
    const shared = parametersOf(conv2d(first), [227, 227, 3]);
    expect(shared).toEqual({ weights: 34_848, biases: 96 });
    expect(shared.weights + shared.biases).toBe(34_944);
    expect((local.weights + local.biases) / (shared.weights + shared.biases)).toBe(55 * 55);
  });
  it('of one neuron on 500x500x3', () => {
    expect(parametersOf(locallyConnected2d({ filters: 1, kernelSize: 500 }), [500, 500, 3])).toEqual({
      weights: 750_000,
      biases: 1,
    });
    const x = input([500, 500, 3]);
    const neuron = model({ inputs: x, outputs: dense({ units: 1 })(flatten()(x)) });
    expect(
      neuron.nodes.flatMap(({ parameters }) => Object.values(parameters).map(({ shape }) => sizeOf(shape))),
    ).toEqual([750_000, 1]);
  });
  it('of a 3x3x3 filter, and of a separable convolution', () => {
    expect(parametersOf(conv2d({ filters: 1, kernelSize: 3 }), [32, 32, 3])).toEqual({ weights: 27, biases: 1 });
    const shape = [14, 14, 512];
    expect(parametersOf(conv2d({ filters: 512, kernelSize: 3 }), shape).weights).toBe(2_359_296);
    expect(parametersOf(separableConv2d({ filters: 512, kernelSize: 3 }), shape).weights).toBe(266_752);
  });
});

describe('multiply-adds', () => {
  it('count each weight at each place', () => {
    const shape = [8, 6, 4];
    expect(multiplyAdds(conv2d({ filters: 6, kernelSize: 3, groups: 2 }), shape)).toBe(6 * 4 * 9 * 2 * 6);
    expect(multiplyAdds(conv2d({ filters: 6, kernelSize: 3, dataFormat: 'channelsFirst' }), [4, 8, 6])).toBe(
      6 * 4 * 9 * 24,
    );
    expect(multiplyAdds(depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }), shape)).toBe(6 * 4 * 9 * 8);
    expect(multiplyAdds(separableConv2d({ filters: 5, kernelSize: 3 }), shape)).toBe(6 * 4 * (9 * 4 + 4 * 5));
    expect(multiplyAdds(conv2dTranspose({ filters: 6, kernelSize: 3, groups: 2 }), shape)).toBe(8 * 6 * 9 * 3 * 4);
    expect(multiplyAdds(locallyConnected2d({ filters: 5, kernelSize: 3 }), shape)).toBe(6 * 4 * 36 * 5);
    expect(multiplyAdds(conv1d({ filters: 5, kernelSize: 3 }), [8, 2])).toBe(6 * 3 * 2 * 5);
  });
});

describe('default options', () => {
  it("are Keras'", () => {
    const glorot = { type: 'glorotUniform' };
    const common = { activation: 'linear', useBias: true, biasInitializer: { type: 'zeros' } };
    const format = { dataFormat: 'channelsLast' };
    const window = { kernelSize: 3, strides: 1, padding: 'valid', dilation: 1 };
    expect(depthwiseConv2d({ kernelSize: 3 }).options).toEqual({
      ...window,
      ...common,
      ...format,
      paddingMode: 'zeros',
      depthMultiplier: 1,
      depthwiseInitializer: glorot,
    });
    expect(separableConv2d({ filters: 8, kernelSize: 3 }).options).toEqual({
      ...window,
      ...common,
      ...format,
      filters: 8,
      paddingMode: 'zeros',
      depthMultiplier: 1,
      depthwiseInitializer: glorot,
      pointwiseInitializer: glorot,
    });
    expect(conv2dTranspose({ filters: 8, kernelSize: 3 }).options).toEqual({
      ...window,
      ...common,
      ...format,
      filters: 8,
      groups: 1,
      outputPadding: null,
      kernelInitializer: glorot,
    });
    expect(locallyConnected2d({ filters: 8, kernelSize: 3 }).options).toEqual({
      ...common,
      ...format,
      filters: 8,
      kernelSize: 3,
      strides: 1,
      padding: 'valid',
      kernelInitializer: glorot,
    });
    expect(conv1d({ filters: 8, kernelSize: 3 }).options).toEqual({
      ...window,
      ...common,
      filters: 8,
      groups: 1,
      paddingMode: 'zeros',
      kernelInitializer: glorot,
    });
  });
  it("begin with PyTorch's values where asked to: limits by a neuron's inputs", () => {
    const pytorch = { type: 'pytorchDefault' };
    const initializers = { biasInitializer: pytorch };
    const fansOf = (layer: LayerFunction): unknown[] =>
      Object.values(layer.parameters!([[9, 9, 6]])).map(({ initializer }) => (initializer as { fanIn?: number }).fanIn);
    expect(
      fansOf(depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, depthwiseInitializer: pytorch, ...initializers })),
    ).toEqual([9, 9]);
    const kernel = { kernelInitializer: pytorch, ...initializers };
    expect(fansOf(conv2d({ filters: 4, kernelSize: 3, groups: 2, ...kernel }))).toEqual([27, 27]);
    expect(fansOf(conv2dTranspose({ filters: 4, kernelSize: 3, groups: 2, ...kernel }))).toEqual([18, 18]);
    expect(fansOf(locallyConnected2d({ filters: 4, kernelSize: 3, ...kernel }))).toEqual([54, 54]);
  });
});
