import { randomBits, streams, type Preprocessing } from '@striate/core';
import {
  activation,
  activationNames,
  adaptiveAveragePool2d,
  adaptiveMaxPool2d,
  add,
  alphaDropout,
  average,
  averagePool2d,
  batchNorm,
  concatenate,
  constant,
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
  glorotNormal,
  glorotUniform,
  globalAveragePool2d,
  globalMaxPool2d,
  groupNorm,
  heNormal,
  heUniform,
  identity,
  initialize,
  input,
  instanceNorm,
  layerNorm,
  lecunNormal,
  lecunUniform,
  localResponseNorm,
  locallyConnected2d,
  maximum,
  maxout,
  maxPool2d,
  minimum,
  model,
  multiply,
  normalization,
  ones,
  orthogonal,
  padding2d,
  permute,
  prelu,
  pytorchDefault,
  randomNormal,
  randomUniform,
  rescaling,
  reshape,
  resizing,
  separableConv2d,
  sequential,
  spatialDropout2d,
  spectralNorm,
  stochasticDepth,
  stochasticPool2d,
  subtract,
  truncatedNormal,
  unitNormalization,
  upSampling2d,
  varianceScaling,
  weightNorm,
  zeros,
  type Model,
  type Network,
  type SymbolicTensor,
} from '@striate/layers';
import * as penalties from '@striate/regularizers';

// Models of which files were written by the version of each, so that later ones can show that they still read them.
// A file lies in saved-before/models; a model here is never changed, only added.

const withValues = (made: Model, meaning?: Network['outputMeaning']): Network => ({
  ...initialize(made, { seed: 5 }),
  ...(meaning !== undefined && { outputMeaning: meaning }),
});

const { maxNorm, minMaxNorm, nonNegative, unitNorm, l1, l1l2, l2 } = penalties;

/** A layer of two units for each initialiser, with its options as people write them. */
function eachInitializer(): Model {
  const x = input([3]);
  const initializers = [
    constant({ value: 0.25 }),
    glorotNormal(),
    glorotUniform(),
    heNormal(),
    heUniform(),
    identity({ gain: 0.5 }),
    lecunNormal(),
    lecunUniform(),
    ones(),
    orthogonal({ gain: Math.SQRT2 }),
    pytorchDefault(),
    randomNormal({ mean: 0.5, standardDeviation: 0.1 }),
    randomUniform({ minimum: -1, maximum: 2 }),
    truncatedNormal({ standardDeviation: 0.3 }),
    varianceScaling({ scale: 2, mode: 'fanOut', distribution: 'uniform' }),
    zeros(),
  ];
  const biases = [{ type: 'zeros' }, { type: 'ones' }, constant({ value: 0.1 }), pytorchDefault()];
  const branches = initializers.map((kernelInitializer, place) =>
    dense({ units: 2, kernelInitializer, biasInitializer: biases[place % biases.length]! })(x),
  );
  return model({ inputs: x, outputs: concatenate()(branches) });
}

/** Penalties and constraints, as records and with the options of each. */
function eachPenalty(): Model {
  return sequential([
    input([4, 4, 2]),
    conv2d({
      filters: 2,
      kernelSize: 3,
      kernelRegularizer: l2(1e-4),
      biasRegularizer: l1(0.001),
      activityRegularizer: l1l2({ l1: 0.01, l2: 0.02 }),
      kernelConstraint: maxNorm({ maximum: 3, axis: [0, 1, 2] }),
      biasConstraint: nonNegative(),
    }),
    conv2d({
      filters: 2,
      kernelSize: 1,
      kernelRegularizer: penalties.orthogonal({ factor: 0.1 }),
      kernelConstraint: unitNorm({ axis: [0, 1, 2] }),
    }),
    flatten(),
    dense({
      units: 3,
      kernelRegularizer: { type: 'l1l2', l1: 0, l2: 0.1 },
      kernelConstraint: minMaxNorm({ minimum: 0.5, maximum: 2, rate: 0.5 }),
    }),
    dense({
      units: 2,
      kernelRegularizer: { type: 'l2', factor: 0.01 },
      kernelConstraint: { type: 'maxNorm', maximum: 2, axis: 0 },
    }),
  ]);
}

/** Each activation by its name, and those with options with them. */
function eachActivation(): Model {
  const x = input([4]);
  const records = [
    { type: 'relu', maxValue: 2, negativeSlope: 0.1, threshold: 0.5 },
    { type: 'leakyRelu', negativeSlope: 0.2 },
    { type: 'elu', alpha: 0.5 },
    { type: 'gelu', approximate: 'tanh' },
    { type: 'hardTanh', minimum: -2, maximum: 0.5 },
  ] as const;
  const branches = [...activationNames, ...records].map((kind) => activation({ activation: kind })(x));
  const fused = dense({ units: 3, activation: { type: 'elu', alpha: 0.7 } })(x);
  return model({ inputs: x, outputs: concatenate()([...branches, fused, prelu()(x)]) });
}

function severalOutputs(): Model {
  const left = input([5, 5, 1], { name: 'picture' });
  const right = input([3], { name: 'facts' });
  const h = flatten()(conv2d({ filters: 2, kernelSize: 3, activation: 'relu' })(left));
  const both = concatenate()([h, right]);
  return model({
    inputs: [left, right],
    outputs: [
      dense({ units: 3, name: 'kind' })(both),
      dense({ units: 2, name: 'tags' })(both),
      dense({ units: 1, name: 'size' })(h),
      activation({ activation: 'softmax', name: 'share' })(dense({ units: 2 })(right)),
    ],
  });
}

function wrapped(): Model {
  return sequential([
    input([4, 4, 2]),
    weightNorm(conv2d({ filters: 3, kernelSize: 3, activation: 'relu' })),
    spectralNorm(conv2d({ filters: 2, kernelSize: 1 }), { iterations: 2 }),
    flatten(),
    dropConnect(dense({ units: 4 }), { rate: 0.3 }),
    dropConnect(weightNorm(dense({ units: 3 })), { rate: 0.5, name: 'both' }),
    spectralNorm(weightNorm(dense({ units: 2, useBias: false })), { name: 'around' }),
  ]);
}

function nested(): Model {
  const block = sequential([input([4]), dense({ units: 4, activation: 'relu' }), batchNorm()], { name: 'block' });
  const inner = sequential([input([4]), dense({ units: 4, trainable: false })]);
  const shared = dense({ units: 4, name: 'shared' });
  const x = input([4]);
  const h = add()([shared(block(x)), shared(x)]);
  return model({ inputs: x, outputs: [inner(block(h)), dense({ units: 2 })(h)] });
}

/** Every other layer, with options where it has them. */
function eachLayer(): Model {
  const x = input([6, 6, 2]);
  const same = conv2d({ filters: 2, kernelSize: 3, padding: 'same', strides: 1, paddingMode: 'reflect' })(x);
  const images: SymbolicTensor[] = [
    conv2d({ filters: 2, kernelSize: [1, 3], dilation: 2, useBias: false })(x),
    conv2d({ filters: 2, kernelSize: 2, groups: 2, padding: [1, 0] })(x),
    conv2dTranspose({ filters: 1, kernelSize: 2, strides: 2 })(x),
    depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2 })(x),
    separableConv2d({ filters: 1, kernelSize: 2 })(x),
    locallyConnected2d({ filters: 1, kernelSize: 4 })(x),
    maxPool2d({ poolSize: 3, strides: 2, padding: 'same' })(x),
    averagePool2d({ poolSize: 2 })(x),
    adaptiveAveragePool2d({ outputSize: 2 })(x),
    adaptiveMaxPool2d({ outputSize: [1, 2] })(x),
    stochasticPool2d({ poolSize: 3 })(activation({ activation: 'relu' })(x)),
    batchNorm({ momentum: 0.9, epsilon: 1e-3 })(x),
    groupNorm({ groups: 2 })(x),
    instanceNorm()(x),
    layerNorm()(x),
    localResponseNorm()(x),
    unitNormalization()(x),
    normalization({ mean: [0.1, 0.2], variance: [1, 2] })(x),
    rescaling({ scale: 0.5, offset: -1 })(x),
    resizing({ height: 3, width: 4 })(x),
    upSampling2d({ size: 2 })(x),
    cropping2d({ cropping: 1 })(x),
    padding2d({ padding: 1, paddingMode: 'reflect' })(x),
    permute({ dims: [2, 1, 3] })(x),
    alphaDropout({ rate: 0.1 })(x),
    dropBlock({ rate: 0.1, blockSize: 2 })(x),
    dropout({ rate: 0.2 })(x),
    gaussianDropout({ rate: 0.1 })(x),
    gaussianNoise({ standardDeviation: 0.1 })(x),
    spatialDropout2d({ rate: 0.1 })(x),
    stochasticDepth({ rate: 0.1 })(x),
    prelu({ sharedAxes: [1, 2] })(x),
    add()([x, same]),
    average()([x, same]),
    maximum()([x, same]),
    minimum()([x, same]),
    multiply()([x, same]),
    subtract()([x, same]),
    conv1d({ filters: 2, kernelSize: 3, padding: 'causal' })(reshape({ targetShape: [36, 2] })(x)),
  ];
  const rows = [
    ...images.map((image) => dense({ units: 1 })(flatten()(image))),
    globalAveragePool2d()(x),
    globalMaxPool2d()(x),
    maxout({ units: 2, pieces: 2 })(flatten()(x)),
  ];
  return model({ inputs: x, outputs: concatenate()(rows) });
}

const grey: Preprocessing = { size: [6, 6], channels: 1, scale: 1 / 255, mean: [0.1307], standardDeviation: [0.3081] };
const colours: Preprocessing = {
  size: [2, 3],
  channels: 3,
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  standardDeviation: [0.229, 0.224, 0.225],
};

/** The models, by the names of their folders. */
export const earlierModels: Readonly<Record<string, () => Network>> = {
  classifier: () => ({
    ...withValues(sequential([input([6, 6, 1]), flatten(), dense({ units: 3, name: 'classes' })]), 'classes'),
    classNames: ['nought', 'one', 'two'],
    preprocessing: { ...grey, picture: { background: 'dark', centering: 'mass', box: 4 } },
  }),
  'classifier-of-photos': () => ({
    ...withValues(sequential([input([2, 3, 3]), flatten(), dense({ units: 2, activation: 'sigmoid' })])),
    preprocessing: { ...colours, picture: { background: 'light', centering: 'none' } },
  }),
  regression: () => withValues(sequential([input([3]), dense({ units: 2 })]), 'numbers'),
  labels: () => ({
    ...withValues(sequential([input([3]), dense({ units: 2 })]), 'labels'),
    classNames: ['wet', 'cold'],
  }),
  'several-outputs': () => ({
    ...withValues(severalOutputs(), { kind: 'classes', tags: 'labels', size: 'numbers', share: 'probabilities' }),
    classNames: ['a', 'b', 'c'],
  }),
  wrappers: () => withValues(wrapped(), 'classes'),
  initializers: () => withValues(eachInitializer()),
  penalties: () => withValues(eachPenalty(), 'classes'),
  activations: () => withValues(eachActivation()),
  nested: () => withValues(nested()),
  layers: () => withValues(eachLayer()),
};

/** The samples that each model is asked for: two of each input, from a stream of bits that never changes. */
export function earlierInputs({ model: made }: Network): Record<string, Float32Array> {
  return Object.fromEntries(
    made.inputs.map(({ node }, place) => {
      const length = made.inputShapes[place]!.reduce<number>((product, size) => product * size!, 2);
      const bits = randomBits({ seed: 11, stream: streams.noise, call: place, step: 0 }, { length });
      return [made.nodes[node]!.name, Float32Array.from(bits, (value) => (value >>> 8) / 2 ** 23 - 1)];
    }),
  );
}
