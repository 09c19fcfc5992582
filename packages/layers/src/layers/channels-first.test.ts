import {
  OptionError,
  dispose,
  memory,
  ops,
  randomNormal,
  sizeOf,
  streams,
  tensor,
  tidy,
  valueAndGradients,
  type Tensor,
} from '@striate/core';
import { expect, it } from 'vitest';
import type { LayerFunction, SymbolicTensor } from '../layer-function.ts';
import { forward } from '../model/forward.ts';
import { initialize } from '../model/initialize.ts';
import { model } from '../model/model.ts';
import type { Model } from '../model/model-graph.ts';
import { modelFromJson, modelToJson } from '../model/saving.ts';
import { sequential } from '../model/sequential.ts';
import { checkLayer } from '../testing/check-layer.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';
import { activation } from './activation.ts';
import { adaptiveAveragePool2d } from './adaptive-average-pool2d.ts';
import { adaptiveMaxPool2d } from './adaptive-max-pool2d.ts';
import { add } from './add.ts';
import { averagePool2d } from './average-pool2d.ts';
import { batchNorm } from './batch-norm.ts';
import { conv2d } from './conv2d.ts';
import { cropping2d } from './cropping2d.ts';
import { dropBlock } from './drop-block.ts';
import { flatten } from './flatten.ts';
import { globalAveragePool2d } from './global-average-pool2d.ts';
import { globalMaxPool2d } from './global-max-pool2d.ts';
import { groupNorm } from './group-norm.ts';
import { input } from './input.ts';
import { instanceNorm } from './instance-norm.ts';
import { localResponseNorm } from './local-response-norm.ts';
import { maxPool2d } from './max-pool2d.ts';
import { maxout } from './maxout.ts';
import { normalization } from './normalization.ts';
import { padding2d, zeroPadding2d } from './padding2d.ts';
import { permute } from './permute.ts';
import { rescaling } from './rescaling.ts';
import { resizing } from './resizing.ts';
import { spatialDropout2d } from './spatial-dropout2d.ts';
import { stochasticPool2d } from './stochastic-pool2d.ts';
import { unitNormalization } from './unit-normalization.ts';
import { upSampling2d } from './up-sampling2d.ts';

type Where = { axis?: number };
type Format = { dataFormat?: 'channelsLast' | 'channelsFirst' };

/** Layers of channels, and of images, by what says where the channels are. */
const ofChannels: Record<string, (where: Where) => LayerFunction> = {
  batchNorm,
  'batchNorm as PyTorch has it': (where) => batchNorm({ ...where, convention: 'pytorch', activation: 'tanh' }),
  'batchNorm with relu': (where) => batchNorm({ ...where, activation: 'relu', center: false }),
  'batchNorm with softmax': (where) => batchNorm({ ...where, activation: 'softmax' }),
  groupNorm: (where) => groupNorm({ ...where, groups: 2 }),
  instanceNorm,
  localResponseNorm: (where) => localResponseNorm({ ...where, alpha: 0.5 }),
  unitNormalization,
  maxout: (where) => maxout({ ...where, pieces: 2 }),
  'maxout of units': (where) => maxout({ ...where, pieces: 2, units: 3 }),
  rescaling: (where) => rescaling({ ...where, scale: [1, 2, 3, 4], offset: [4, 3, 2, 1] }),
  normalization: (where) => normalization({ ...where, mean: [1, 2, 3, 4], variance: [4, 3, 2, 1] }),
};
const ofImages: Record<string, (format: Format) => LayerFunction> = {
  adaptiveAveragePool2d: (format) => adaptiveAveragePool2d({ ...format, outputSize: [3, 2] }),
  adaptiveMaxPool2d: (format) => adaptiveMaxPool2d({ ...format, outputSize: [3, 2] }),
  averagePool2d: (format) => averagePool2d({ ...format, poolSize: [2, 3], strides: 1, padding: 'same' }),
  cropping2d: (format) => cropping2d({ ...format, cropping: [1, 0, 2, 1] }),
  dropBlock: (format) => dropBlock({ ...format, rate: 0.3, blockSize: 2 }),
  globalAveragePool2d,
  globalMaxPool2d: (format) => globalMaxPool2d({ ...format, keepDims: true }),
  maxPool2d: (format) => maxPool2d({ ...format, poolSize: [2, 3], activation: 'relu' }),
  padding2d: (format) => padding2d({ ...format, padding: [1, 0, 2, 1], paddingMode: 'reflect' }),
  resizing: (format) => resizing({ ...format, height: 3, width: 9 }),
  spatialDropout2d: (format) => spatialDropout2d({ ...format, rate: 0.4 }),
  stochasticPool2d: (format) => stochasticPool2d({ ...format, poolSize: [2, 3] }),
  upSampling2d: (format) => upSampling2d({ ...format, size: [2, 1], interpolation: 'bilinear' }),
  zeroPadding2d: (format) => zeroPadding2d({ ...format, padding: [0, 1] }),
};
const pairs: [string, LayerFunction, LayerFunction][] = [
  ...Object.entries(ofChannels).map(([name, make]): [string, LayerFunction, LayerFunction] => [
    name,
    make({}),
    make({ axis: 1 }),
  ]),
  ['batchNorm, counted from the end', batchNorm(), batchNorm({ axis: -3 })],
  ...Object.entries(ofImages).map(([name, make]): [string, LayerFunction, LayerFunction] => [
    name,
    make({}),
    make({ dataFormat: 'channelsFirst' }),
  ]),
];

const [samples, height, width, channels] = [3, 5, 6, 4] as const;
const noise = (shape: readonly number[], call: number): Tensor =>
  tensor(randomNormal({ seed: 5, stream: streams.noise, call, step: 0 }, sizeOf(shape)), [...shape]);
const toFirst = (x: Tensor): Tensor => (x.rank === 4 ? ops.transpose(x, [0, 3, 1, 2]) : ops.reshape(x, x.shape));
const toLast = (x: Tensor): Tensor => (x.rank === 4 ? ops.transpose(x, [0, 2, 3, 1]) : ops.reshape(x, x.shape));
const bytes = (x: Tensor): number[] => [...new Uint32Array(x.dataSync<'float32'>().slice().buffer)];

/** Outputs, gradients and moving statistics of a model, with images in the order of the channels' axis. */
function results(
  graph: Model,
  x: Tensor,
  options: { first: boolean; training: boolean; fuse?: boolean },
): Record<string, number[]> {
  const { first, training, fuse = true } = options;
  const network = initialize(graph, { seed: 2 });
  const found = tidy(() => {
    const { gradients, auxiliary } = valueAndGradients(
      ({ images, ...parameters }) => {
        const random = { seed: 1, step: 2, sampleOffset: 0 };
        const result = forward(graph, { parameters, state: network.state, inputs: [images!], training, random, fuse });
        const y = first ? toLast(result.outputs[0]!) : result.outputs[0]!;
        const [row, column] = [ops.reshape(noise(y.shape, 9), [1, y.size]), ops.reshape(y, [y.size, 1])];
        const loss = ops.reshape(ops.matMul({ a: row, b: column }, {}), []);
        return { loss, auxiliary: { ...result.state, output: y } };
      },
      { ...network.parameters, images: first ? toFirst(x) : x },
    );
    const images = first ? toLast(gradients['images']!) : gradients['images']!;
    const all = { ...auxiliary, ...gradients, images };
    return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, bytes(value)]));
  });
  dispose(network.parameters, network.state);
  return found;
}

const chain = (shape: readonly number[], layer: LayerFunction): Model => sequential([input(shape), layer]);

onEachBackend('channels first', () => {
  it.each(pairs)(
    '%s: the bits of channels last, in training and inference, with gradients and statistics',
    (_, last, first) => {
      const count = memory().numTensors;
      const x = noise([samples, height, width, channels], 0);
      for (const training of [false, true]) {
        const wanted = results(chain([height, width, channels], last), x, { first: false, training });
        const found = results(chain([channels, height, width], first), x, { first: true, training });
        expect(found).toEqual(wanted);
      }
      x.dispose();
      expect(memory().numTensors).toBe(count);
    },
  );

  it('batchNorm along axis 1: gradients, and the saved form', async () => {
    const layer = batchNorm({ axis: 1, activation: 'sigmoid' });
    const shape = [3, 2, 4];
    await checkLayer({ layer, inputShapes: [shape], outputShape: shape, parameterCount: 6, sameInTraining: false });
  });

  it.each([true, false])('a residual block behind convolutions, fused: %s', (fuse) => {
    const block = (shape: readonly number[], format: 'channelsLast' | 'channelsFirst'): Model => {
      const axis = format === 'channelsFirst' ? 1 : -1;
      const x = input(shape);
      const convolution = (y: SymbolicTensor): SymbolicTensor =>
        batchNorm({ axis })(conv2d({ filters: channels, kernelSize: 3, padding: 'same', dataFormat: format })(y));
      const relu = activation({ activation: 'relu' });
      return model({ inputs: x, outputs: relu(add()([convolution(relu(convolution(x))), x])) });
    };
    const x = noise([samples, height, width, channels], 0);
    const last = block([height, width, channels], 'channelsLast');
    const first = block([channels, height, width], 'channelsFirst');
    for (const training of [false, true])
      expect(results(first, x, { first: true, training, fuse })).toEqual(
        results(last, x, { first: false, training, fuse }),
      );
    x.dispose();
  });
});

const first = conv2d({ filters: 6, kernelSize: 3, dataFormat: 'channelsFirst' });
const behind = (...layers: LayerFunction[]): Model => sequential([input([3, 9, 10]), first, ...layers]);

it.each([
  [
    [batchNorm()],
    "'batchNorm' takes the last axis for the channels, but 'conv2d' puts them first. Write batchNorm({ axis: 1 })",
  ],
  [
    [activation({ activation: 'relu' }), maxPool2d()],
    "Write maxPool2d({ dataFormat: 'channelsFirst' }), or maxPool2d({ dataFormat: 'channelsLast' })",
  ],
  [[batchNorm({ axis: 1 }), globalAveragePool2d()], "'globalAveragePool2d' takes the last axis"],
])('what takes the last axis for the channels is refused behind channels first, %#', (layers, message) => {
  expect(() => behind(...layers)).toThrow(OptionError);
  expect(() => behind(...layers)).toThrow(message);
});

it.each([
  ['told so', [batchNorm({ axis: -1 }), maxPool2d({ dataFormat: 'channelsLast' })]],
  ['behind a change of order', [permute({ dims: [2, 3, 1] }), batchNorm(), maxPool2d()]],
  ['on vectors', [flatten(), batchNorm()]],
])('but not where it is right: %s', (_, layers) => {
  expect(() => behind(...layers)).not.toThrow();
});

it('nor in a saved model, which may be older than the option', () => {
  const saved = JSON.parse(JSON.stringify(modelToJson(behind(batchNorm({ axis: -1 })))));
  delete saved.layers[2].options.axis;
  expect(modelFromJson(saved).outputShapes).toEqual([[6, 7, 8]]);
});

it.each([0, 1.5, '1', Number.NaN, [1], null])('axis %o is refused', (axis) => {
  expect(() => batchNorm({ axis: axis as number })).toThrow(
    /^batchNorm: axis is .* must be a whole number other than 0/,
  );
});

it('an axis that the input does not have is named', () => {
  expect(() => chain([4, 5], batchNorm({ axis: 3 }))).toThrow(
    'batchNorm: axis is 3, but x is [4, 5] behind a batch axis, 0.',
  );
});
