import * as layers from '@striate/layers';
import type { Kind, RightCall } from '../right-call.ts';
import { definitionCall } from './definition-call.ts';
import { image, network, small } from './fixtures.ts';

const named: Readonly<Record<string, readonly Kind[]>> = { name: ['text'] };
const functions: Readonly<Record<string, readonly Kind[]>> = {
  ...named,
  activation: ['function'],
  kernelInitializer: ['function'],
  biasInitializer: ['function'],
  depthwiseInitializer: ['function'],
  pointwiseInitializer: ['function'],
  alphaInitializer: ['function'],
  kernelRegularizer: ['function'],
};

const heNormal = { type: 'heNormal' };
const kernels = { useBias: false, kernelInitializer: heNormal, biasInitializer: { type: 'zeros' } };
const window = { kernelSize: 3, strides: 1, padding: 'same', paddingMode: 'zeros', dilation: 1 };
const pool = { poolSize: 2, strides: 2, padding: 'valid', ceilMode: false };
const regularization = { kernelRegularizer: { type: 'l2', factor: 0.1 } };
const scaling = { epsilon: 1e-3, center: true, scale: true };

/** Layers that are made of options alone: right options, and which of them must be there. */
const factories: Readonly<Record<string, readonly [options: object, ...required: string[]]>> = {
  activation: [{ activation: 'relu' }, 'activation'],
  adaptiveAveragePool2d: [{ outputSize: 2 }, 'outputSize'],
  adaptiveMaxPool2d: [{ outputSize: [2, 3] }, 'outputSize'],
  add: [{ name: 'sum' }],
  alphaDropout: [{ rate: 0.5 }, 'rate'],
  average: [{ name: 'mean' }],
  averagePool2d: [{ ...pool, countPadding: false }],
  batchNorm: [{ ...scaling, momentum: 0.9, activation: 'relu', convention: 'keras' }],
  concatenate: [{ axis: -1 }],
  conv1d: [{ ...window, ...kernels, ...regularization, filters: 2, activation: 'relu' }, 'filters', 'kernelSize'],
  conv2d: [
    { ...window, ...kernels, ...regularization, filters: 2, groups: 1, activation: 'relu', dataFormat: 'channelsLast' },
    'filters',
    'kernelSize',
  ],
  conv2dTranspose: [
    { kernelSize: 3, strides: 2, padding: 'same', ...kernels, filters: 2, groups: 1, activation: 'relu' },
    'filters',
    'kernelSize',
  ],
  cropping2d: [{ cropping: 1 }],
  dense: [{ units: 3, activation: 'relu', ...kernels, ...regularization }, 'units'],
  depthwiseConv2d: [{ ...window, depthMultiplier: 2, depthwiseInitializer: heNormal, useBias: true }, 'kernelSize'],
  dropBlock: [{ rate: 0.1, blockSize: 3 }, 'rate'],
  dropout: [{ rate: 0.5, scaling: 'inverted' }, 'rate'],
  flatten: [{ name: 'flat' }],
  gaussianDropout: [{ rate: 0.5 }, 'rate'],
  gaussianNoise: [{ standardDeviation: 0.1 }, 'standardDeviation'],
  globalAveragePool2d: [{ keepDims: true }],
  globalMaxPool2d: [{ keepDims: true }],
  groupNorm: [{ ...scaling, groups: 2 }],
  instanceNorm: [scaling],
  layerNorm: [{ ...scaling, axis: -1 }],
  localResponseNorm: [{ size: 5, alpha: 1e-4, beta: 0.75, k: 2, averaged: true }],
  locallyConnected2d: [
    { filters: 2, kernelSize: 3, strides: 1, padding: 'valid', ...kernels },
    'filters',
    'kernelSize',
  ],
  maxPool2d: [{ ...pool, activation: 'relu' }],
  maximum: [{ trainable: false }],
  maxout: [{ pieces: 2, units: 3, ...kernels }, 'pieces'],
  minimum: [{ name: 'least' }],
  multiply: [{ name: 'product' }],
  normalization: [{ mean: [0.5], variance: [0.25] }, 'mean', 'variance'],
  padding2d: [{ padding: 1, paddingMode: 'reflect' }],
  permute: [{ dims: [2, 1] }, 'dims'],
  prelu: [{ alphaInitializer: { type: 'zeros' }, sharedAxes: [1, 2] }],
  rescaling: [{ scale: 2, offset: 1 }, 'scale'],
  reshape: [{ targetShape: [4] }, 'targetShape'],
  resizing: [{ height: 4, width: 4, interpolation: 'bilinear' }, 'height', 'width'],
  separableConv2d: [
    { ...window, filters: 2, depthMultiplier: 1, depthwiseInitializer: heNormal, pointwiseInitializer: heNormal },
    'filters',
    'kernelSize',
  ],
  spatialDropout2d: [{ rate: 0.5 }, 'rate'],
  stochasticDepth: [{ rate: 0.5, mode: 'row' }, 'rate'],
  stochasticPool2d: [pool],
  subtract: [{ name: 'difference' }],
  unitNormalization: [{ name: 'unit' }],
  upSampling2d: [{ size: 2, interpolation: 'nearest' }],
  zeroPadding2d: [{ padding: [1, 1] }],
};

const initializers: Readonly<Record<string, object>> = {
  constant: { value: 1 },
  randomNormal: { mean: 0, standardDeviation: 0.1 },
  truncatedNormal: { mean: 0, standardDeviation: 0.1 },
  randomUniform: { minimum: -1, maximum: 1 },
  varianceScaling: { scale: 2, mode: 'fanIn', distribution: 'uniform' },
  identity: { gain: 1 },
  orthogonal: { gain: 1 },
};

const inner = (): layers.LayerFunction => layers.dense({ units: 3 });
type Factories = Readonly<Record<string, (options: never) => unknown>>;

export const layerCalls: readonly RightCall[] = [
  ...Object.entries(factories).map(([name, [options, ...required]]): RightCall => {
    const call = (layers as unknown as Factories)[name]!;
    return { name, call, args: () => [{ ...options }], options: 0, required, also: functions };
  }),
  ...Object.entries(initializers).map(([name, options]): RightCall => {
    const call = (layers as unknown as Factories)[name]!;
    return { name, call, args: () => [{ ...options }], options: 0, required: name === 'constant' ? ['value'] : [] };
  }),
  { name: 'input', call: layers.input, args: () => [[28, 28, 1], { name: 'image' }], options: 1, also: named },
  {
    name: 'dropConnect',
    call: layers.dropConnect,
    args: () => [inner(), { rate: 0.5 }],
    options: 1,
    required: ['rate'],
    also: named,
  },
  {
    name: 'spectralNorm',
    call: layers.spectralNorm,
    args: () => [inner(), { iterations: 1, epsilon: 1e-6 }],
    options: 1,
    also: named,
  },
  { name: 'weightNorm', call: layers.weightNorm, args: () => [inner(), { name: 'w' }], options: 1, also: named },
  {
    name: 'sequential',
    call: layers.sequential,
    args: () => [[layers.input([4]), inner()], { name: 'net' }],
    options: 1,
    also: named,
  },
  {
    name: 'model',
    call: layers.model,
    args: () => {
      const x = layers.input([4]);
      return [{ inputs: x, outputs: inner()(x), name: 'net' }];
    },
    options: 0,
    required: ['inputs', 'outputs'],
    also: named,
  },
  definitionCall('defineInitializer', layers.defineInitializer),
  definitionCall('defineLayerKind', layers.defineLayerKind),
  {
    name: 'defineLayer',
    call: layers.defineLayer,
    args: () => [{ type: 'mine', options: {}, outputShapes: () => [[1]], apply: () => ({ outputs: [] }) }],
    options: 0,
    required: ['type', 'options', 'outputShapes', 'apply'],
    also: { type: ['text'], options: ['record'] },
  },
  { name: 'a call of a layer', call: (x: never) => inner()(x), args: () => [layers.input([4])] },
  { name: 'outputOf', call: layers.outputOf, args: () => [layers.input([4]), 0] },
  { name: 'initialize', call: layers.initialize, args: () => [small(), { seed: 1 }], options: 1, required: ['seed'] },
  {
    name: 'initialValues',
    call: layers.initialValues,
    args: () => [heNormal, [3, 4], { seed: 1, name: 'a' }],
    options: 2,
    required: ['seed', 'name'],
    also: { '#0': ['function'], name: ['text'] },
  },
  {
    name: 'forward',
    call: layers.forward,
    args: () => {
      const { parameters, state } = network();
      return [small(), { parameters, state, inputs: [image()], training: false }];
    },
    options: 1,
    required: ['parameters', 'state', 'inputs'],
  },
  { name: 'foldBatchNorm', call: layers.foldBatchNorm, args: () => [network()], needs: 1 },
  { name: 'freeze', call: layers.freeze, args: () => [small(), () => true] },
  { name: 'freeze, a network', call: layers.freeze, args: () => [network(), () => true] },
  { name: 'unfreeze', call: layers.unfreeze, args: () => [network(), { from: 'dense' }], options: 1, needs: 1 },
  {
    name: 'regularize',
    call: layers.regularize,
    args: () => [small(), { kernel: { type: 'l2', factor: 0.1 } }],
    options: 1,
    also: { kernel: ['function'] },
    needs: 2,
  },
  { name: 'modelToJson', call: layers.modelToJson, args: () => [small()] },
  {
    name: 'modelFromJson',
    call: layers.modelFromJson,
    args: () => [layers.modelToJson(small()), { kinds: [] }],
    options: 1,
  },
  { name: 'parameterSpecs', call: layers.parameterSpecs, args: () => [small()] },
  { name: 'stateSpecs', call: layers.stateSpecs, args: () => [small()] },
  { name: 'outputActivation', call: layers.outputActivation, args: () => [small(), { node: 1, output: 0 }] },
  { name: 'outputNames', call: layers.outputNames, args: () => [small()] },
  { name: 'frozenParameters', call: layers.frozenParameters, args: () => [small()] },
  { name: 'summary', call: layers.summary, args: () => [small(), { width: 80 }], options: 1 },
  { name: 'summarize', call: layers.summarize, args: () => [small()] },
  { name: 'receptiveField', call: layers.receptiveField, args: () => [small(), { of: 'conv2d' }], options: 1 },
  { name: 'receptiveFields', call: layers.receptiveFields, args: () => [small(), { input: 'input' }], options: 1 },
  {
    name: 'measureReceptiveField',
    call: layers.measureReceptiveField,
    args: () => [small(), { of: 'conv2d', at: [0, 0] }],
    options: 1,
  },
  {
    name: 'layersFor',
    call: layers.layersFor,
    args: () => [{ receptiveField: 9, kernelSize: 3, strides: 1 }],
    options: 0,
    required: ['receptiveField'],
  },
];

/** Functions that take no arguments, or anything. */
export const layersWithoutCalls: Readonly<Record<string, string>> = {
  glorotNormal: 'takes nothing',
  glorotUniform: 'takes nothing',
  heNormal: 'takes nothing',
  heUniform: 'takes nothing',
  lecunNormal: 'takes nothing',
  lecunUniform: 'takes nothing',
  pytorchDefault: 'takes nothing',
  zeros: 'takes nothing',
  ones: 'takes nothing',
  isSymbolicTensor: 'takes anything',
  isModel: 'takes anything',
  checkModel: 'refuses what is wrong itself',
  checkNetwork: 'refuses what is wrong itself',
  checkModelOrNetwork: 'refuses what is wrong itself',
  checkWeight: 'refuses what is wrong itself',
};
