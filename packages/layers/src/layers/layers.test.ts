import { describe, expect, it } from 'vitest';
import { checkLayer, type LayerCheck } from '../testing/check-layer.ts';
import type { LayerFunction } from '../layer-function.ts';
import { model } from '../model/model.ts';
import { activation } from './activation.ts';
import { add } from './add.ts';
import { averagePool2d } from './average-pool2d.ts';
import { batchNorm } from './batch-norm.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { flatten } from './flatten.ts';
import { globalAveragePool2d } from './global-average-pool2d.ts';
import { input } from './input.ts';
import { maxPool2d } from './max-pool2d.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';

const image = [[5, 6, 4]];

const checks: Record<string, LayerCheck> = {
  conv2d: {
    layer: conv2d({ filters: 3, kernelSize: 3 }),
    inputShapes: image,
    outputShape: [3, 4, 3],
    parameterCount: 111,
  },
  'conv2d with every option': {
    layer: conv2d({
      filters: 6,
      kernelSize: [3, 2],
      strides: [2, 1],
      padding: [1, 0, 2, 1],
      dilation: [1, 2],
      groups: 2,
      activation: 'tanh',
      useBias: false,
    }),
    inputShapes: image,
    outputShape: [2, 7, 6],
    parameterCount: 72,
  },
  'conv2d same relu': {
    layer: conv2d({ filters: 2, kernelSize: 4, strides: 2, padding: 'same', activation: 'relu' }),
    inputShapes: image,
    outputShape: [3, 3, 2],
    parameterCount: 130,
  },
  maxPool2d: { layer: maxPool2d(), inputShapes: image, outputShape: [2, 3, 4], parameterCount: 0 },
  'maxPool2d overlapping with relu': {
    layer: maxPool2d({ poolSize: [3, 2], strides: [2, 1], padding: 1, activation: 'relu' }),
    inputShapes: image,
    outputShape: [3, 7, 4],
    parameterCount: 0,
  },
  'averagePool2d same': {
    layer: averagePool2d({ poolSize: 3, strides: 2, padding: 'same' }),
    inputShapes: image,
    outputShape: [3, 3, 4],
    parameterCount: 0,
  },
  'averagePool2d counting the padding': {
    layer: averagePool2d({ poolSize: 2, padding: [1, 0], countPadding: true }),
    inputShapes: image,
    outputShape: [3, 3, 4],
    parameterCount: 0,
  },
  globalAveragePool2d: { layer: globalAveragePool2d(), inputShapes: image, outputShape: [4], parameterCount: 0 },
  dense: { layer: dense({ units: 4 }), inputShapes: [[5]], outputShape: [4], parameterCount: 24 },
  'dense over the last axis': {
    layer: dense({ units: 3, activation: 'sigmoid', useBias: false }),
    inputShapes: [[2, 3, 4]],
    outputShape: [2, 3, 3],
    parameterCount: 12,
  },
  flatten: { layer: flatten(), inputShapes: image, outputShape: [120], parameterCount: 0 },
  add: {
    layer: add(),
    inputShapes: [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    outputShape: [2, 3],
    parameterCount: 0,
  },
  dropout: {
    layer: dropout({ rate: 0.4 }),
    inputShapes: image,
    outputShape: image[0]!,
    parameterCount: 0,
    sameInTraining: false,
  },
  batchNorm: {
    layer: batchNorm(),
    inputShapes: image,
    outputShape: image[0]!,
    parameterCount: 8,
    sameInTraining: false,
  },
  'batchNorm with residual and relu': {
    layer: batchNorm({ momentum: 0.9, epsilon: 1e-5, activation: 'relu', convention: 'pytorch' }),
    inputShapes: [
      [3, 3, 2],
      [3, 3, 2],
    ],
    outputShape: [3, 3, 2],
    parameterCount: 4,
    sameInTraining: false,
  },
  'batchNorm of vectors, neither scaled nor centred': {
    layer: batchNorm({ scale: false, center: false }),
    inputShapes: [[5]],
    outputShape: [5],
    parameterCount: 0,
    sameInTraining: false,
    batchSize: 6,
  },
};
for (const kind of ['linear', 'relu', 'sigmoid', 'tanh', 'softmax', 'logSoftmax'] as const) {
  checks[`activation ${kind}`] = {
    layer: activation({ activation: kind }),
    inputShapes: [[2, 5]],
    outputShape: [2, 5],
    parameterCount: 0,
  };
}

onEachBackend('layers', () => {
  it.each(Object.entries(checks))('%s', async (_name, check) => checkLayer(check));
});

describe('default options', () => {
  it("are Keras'", () => {
    const initializers = { kernelInitializer: { type: 'glorotUniform' }, biasInitializer: { type: 'zeros' } };
    const window = { strides: 1, padding: 'valid', dilation: 1, groups: 1 };
    const pool = { poolSize: 3, strides: 3, padding: 'valid', ceilMode: false };
    const common = { activation: 'linear', useBias: true, ...initializers };
    expect(conv2d({ filters: 8, kernelSize: 3 }).options).toEqual({
      filters: 8,
      kernelSize: 3,
      ...window,
      ...common,
      paddingMode: 'zeros',
      dataFormat: 'channelsLast',
    });
    expect(dense({ units: 8 }).options).toEqual({ units: 8, ...common });
    expect(maxPool2d().options).toEqual({ ...pool, poolSize: 2, strides: 2, activation: 'linear' });
    expect(maxPool2d({ poolSize: 3 }).options).toEqual({ ...pool, activation: 'linear' });
    expect(averagePool2d({ poolSize: 3 }).options).toEqual({ ...pool, countPadding: false });
    expect(batchNorm({ convention: 'pytorch' }).options).toMatchObject({ momentum: 0.99 });
    expect(batchNorm().options).toEqual({
      momentum: 0.9,
      epsilon: 1e-3,
      center: true,
      scale: true,
      activation: 'linear',
      convention: 'keras',
    });
  });
  it('of batchNorm begin with what changes nothing', () => {
    const { parameters, state } = batchNorm();
    const types = Object.entries({ ...parameters!([[2, 3]]), ...state!([[2, 3]]) }).map(([name, { initializer }]) => [
      name,
      initializer,
    ]);
    expect(Object.fromEntries(types)).toEqual({
      gamma: { type: 'ones' },
      beta: { type: 'zeros' },
      movingMean: { type: 'zeros' },
      movingVariance: { type: 'ones' },
    });
  });
});

describe('options that cannot be', () => {
  it('are refused when the layer is made', () => {
    expect(() => conv2d({ filters: 6, kernelSize: 3, groups: 4 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d: 6 filters cannot be cut into 4 groups. Make filters a multiple of groups.]`,
    );
    expect(() => conv2d({ filters: 0, kernelSize: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d: filters is 0, but must be a whole number of at least 1.]`,
    );
    expect(() => conv2d({ filters: 8, kernelSize: [3, 2.5] })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d: kernelSize is [3,2.5], but must be a whole number of at least 1.]`,
    );
    expect(() => conv2d({ filters: 8, kernelSize: 3, padding: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d: padding is -1, but it must be 'valid', 'same', a whole number of pixels, [vertical, horizontal] or [top, bottom, left, right].]`,
    );
    expect(() =>
      conv2d({ filters: 8, kernelSize: 3, kernelInitializer: { type: 'heNorma' } }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d: kernelInitializer is {"type":"heNorma"}, which is no known initialiser. Did you mean 'heNormal'? Known: zeros, ones, constant, randomNormal, truncatedNormal, randomUniform, varianceScaling, glorotUniform, glorotNormal, heUniform, heNormal, lecunUniform, lecunNormal, identity, orthogonal, pytorchDefault. A function (shape, random) => Float32Array works too.]`,
    );
    expect(() => conv2d({ filters: 8, kernelSize: 3, stride: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d: there is no option 'stride'. Did you mean 'strides'? Known: filters, kernelSize, strides, padding, paddingMode, dilation, groups, activation, useBias, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer, activityRegularizer, kernelConstraint, biasConstraint, dataFormat, name, trainable.]`,
    );
    expect(() => conv2d({ kernelSize: 3 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d: the option filters is missing. Write conv2d({ filters: 16, kernelSize: 3 }).]`,
    );
    expect(() => dense({ units: 3, activation: 'rleu' as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dense: activation is "rleu", which is no known activation. Did you mean 'relu'? Known: linear, relu, relu6, leakyRelu, elu, selu, gelu, silu, mish, softplus, softsign, sigmoid, tanh, hardSigmoid, hardSilu, hardTanh, softmax, logSoftmax. A function (x) => tensor works too.]`,
    );
    expect(() => maxPool2d({ poolSize: 2, padding: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: maxPool2d: padding is 2 and poolSize 2, so that a window could hold nothing but padding. Make padding smaller than poolSize.]`,
    );
    expect(() => maxPool2d({ activation: 'tanh' as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: maxPool2d: activation is "tanh". Known: linear, relu.]`,
    );
    expect(() => dropout({ rate: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dropout: rate is 1, but must be at least 0 and less than 1.]`,
    );
    expect(() => batchNorm({ epsilon: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: batchNorm: epsilon is -1, but must be finite and at least 0.]`,
    );
    expect(() => batchNorm({ convention: 'torch' as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: batchNorm: convention is "torch". Did you mean 'pytorch'? Known: keras, pytorch.]`,
    );
    expect(() => input([28, 0, 1])).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: input: the shape is [28,0,1], but must be a list of sizes without the batch axis, such as [28, 28, 1]; null stands for any size.]`,
    );
  });
});

describe('shapes that do not fit', () => {
  const build = (shapes: (number | null)[][], layer: LayerFunction) => (): unknown => {
    const inputs = shapes.map((shape) => input(shape));
    return model({ inputs, outputs: layer(inputs) });
  };
  it('are refused when the model is made', () => {
    expect(build([[28, 28]], conv2d({ filters: 6, kernelSize: 3 }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'conv2d', which is given [28, 28]: conv2d: x is [28, 28] with 2 axes, but an image has 3: [H, W, C]. Leave the batch axis out; a grey image is [H, W, 1].]`,
    );
    expect(build([[28, 28, 3]], conv2d({ filters: 6, kernelSize: 3, groups: 2 }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'conv2d', which is given [28, 28, 3]: conv2d: x has 3 channels, but they cannot be cut into 2 groups. Choose groups that divide both.]`,
    );
    expect(build([[4, 4, 3]], conv2d({ filters: 6, kernelSize: 5 }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'conv2d', which is given [4, 4, 3]: conv2d: a window of 5x5 pixels does not fit into an image of 4x4 with padding [0, 0, 0, 0]. Use a smaller kernelSize, padding: 'same', or fewer layers that shrink the image before this one.]`,
    );
    expect(
      build(
        [
          [4, 4, 3],
          [4, 4, 3],
        ],
        flatten(),
      ),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'flatten', which is given [4, 4, 3] and [4, 4, 3]: flatten: has 2 inputs, but takes 1.]`,
    );
    expect(
      build(
        [
          [4, 4, 3],
          [4, 4, 2],
        ],
        add(),
      ),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'add', which is given [4, 4, 3] and [4, 4, 2]: add: inputs are of shapes [4, 4, 3] and [4, 4, 2], but must be equal.]`,
    );
    expect(
      build(
        [
          [4, 4, 3],
          [4, 3],
        ],
        batchNorm(),
      ),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'batchNorm', which is given [4, 4, 3] and [4, 3]: batchNorm: x is [4, 4, 3] and the residual [4, 3], but they must be equal.]`,
    );
    expect(build([[null]], dense({ units: 3 }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'dense', which is given [?]: dense: x is [?], but the size of its last axis must be known.]`,
    );
    expect(build([[4]], add())).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'add', which is given [4]: add: has 1 input, but needs at least 2: add()([a, b]).]`,
    );
  });
  it('any size stays any size', () => {
    const x = input([null, 32, 3]);
    const y = maxPool2d()(conv2d({ filters: 6, kernelSize: 3, padding: 'same' })(x));
    expect(model({ inputs: x, outputs: [y, flatten()(y), globalAveragePool2d()(y)] }).outputShapes).toEqual([
      [null, 16, 6],
      [null],
      [6],
    ]);
  });
});
