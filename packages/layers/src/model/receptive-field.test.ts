import { cpu } from '@striate/core/testing';
import { memory, randomBits, streams, use } from '@striate/core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SymbolicTensor } from '../layer-function.ts';
import { activation } from '../layers/activation.ts';
import { add } from '../layers/add.ts';
import { averagePool2d } from '../layers/average-pool2d.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv2d } from '../layers/conv2d.ts';
import { conv2dTranspose } from '../layers/conv2d-transpose.ts';
import { dense } from '../layers/dense.ts';
import { depthwiseConv2d } from '../layers/depthwise-conv2d.ts';
import { flatten } from '../layers/flatten.ts';
import { globalAveragePool2d } from '../layers/global-average-pool2d.ts';
import { globalMaxPool2d } from '../layers/global-max-pool2d.ts';
import { groupNorm } from '../layers/group-norm.ts';
import { input } from '../layers/input.ts';
import { maxPool2d } from '../layers/max-pool2d.ts';
import { multiply } from '../layers/multiply.ts';
import { cropping2d } from '../layers/cropping2d.ts';
import { padding2d } from '../layers/padding2d.ts';
import { reshape } from '../layers/reshape.ts';
import { spatialDropout2d } from '../layers/spatial-dropout2d.ts';
import { upSampling2d } from '../layers/up-sampling2d.ts';
import { weightNorm } from '../layers/weight-norm.ts';
import { layersFor } from './layers-for.ts';
import { measureReceptiveField } from './measure-receptive-field.ts';
import type { Model } from './model-graph.ts';
import { model } from './model.ts';
import { receptiveField, receptiveFields, type ReceptiveField } from './receptive-field.ts';
import { sequential } from './sequential.ts';

beforeAll(async () => {
  await use(cpu());
});

/** What the rule says of one output pixel: first and last pixel that it sees. */
function ends({ size, stride, centre }: ReceptiveField, at: readonly number[]): { first: number[]; last: number[] } {
  const middle = at.map((place, axis) => centre[axis]! + stride[axis]! * place);
  return {
    first: middle.map((value, axis) => value - (size[axis]! - 1) / 2),
    last: middle.map((value, axis) => value + (size[axis]! - 1) / 2),
  };
}

/** A random network over an image that is large enough for the middle pixel's field to end inside. */
function randomModel(seed: number): Model {
  const bits = randomBits({ seed, stream: streams.noise, call: 0, step: 0 }, { length: 200 });
  let used = 0;
  const choose = (count: number): number => bits[used++]! % count;
  const side = (): number => 1 + choose(3);
  const image = input([61, 57, 2]);
  let x: SymbolicTensor = image;
  const layers = 2 + choose(3);
  for (let place = 0; place < layers; place++) {
    const padding = (['valid', 'same', choose(3), [choose(3), choose(2), choose(2), choose(3)]] as const)[choose(4)]!;
    const window = { kernelSize: [side(), side()] as const, padding };
    const strides = [1 + choose(2), 1 + choose(2)] as const;
    const branch = choose(6);
    if (branch === 0)
      x = maxPool2d({ poolSize: [2, 3], strides, padding: choose(2) === 0 ? 'valid' : 'same', ceilMode: true })(x);
    else if (branch === 1) x = averagePool2d({ poolSize: 3, strides: choose(2) + 1, padding: choose(2) })(x);
    else if (branch === 2) x = depthwiseConv2d({ ...window, strides: strides[0], activation: 'relu' })(x);
    else if (branch === 3) {
      // Branches of different windows around the same centre, and one that is not.
      const wide = conv2d({ filters: 2, kernelSize: 5, padding: 'same' })(x);
      const dilated = conv2d({ filters: 2, kernelSize: [2, 3], dilation: [3, 2], padding: 'same' })(x);
      x = add()([wide, batchNorm()(dilated), conv2d({ filters: 2, kernelSize: 1 })(x)]);
    } else x = conv2d({ filters: 2, ...window, strides, activation: 'tanh' })(x);
    if (choose(3) === 0) x = activation({ activation: 'relu' })(batchNorm()(x));
  }
  return model({ inputs: image, outputs: x });
}

describe('receptiveField', () => {
  const chain = (strides: number, padding: 'valid' | 'same' = 'valid'): Model =>
    sequential([
      input([200, 200, 1]),
      ...[1, 2, 3, 4].map((place) => conv2d({ filters: 1, kernelSize: 3, strides, padding, name: `c${place}` })),
    ]);

  test("follows the lectures' examples: 3, 5, 7, 9 at stride 1, and 3, 9, 27, 81 at stride 3", () => {
    const sizes = (graph: Model): number[] =>
      ['c1', 'c2', 'c3', 'c4'].map((of) => receptiveField(graph, { of }).size[0]!);
    expect(sizes(chain(1))).toEqual([3, 5, 7, 9]);
    expect(sizes(chain(3))).toEqual([3, 9, 27, 81]);
    expect(receptiveField(chain(3))).toEqual({ size: [81, 81], stride: [81, 81], centre: [40, 40] });
    expect(receptiveField(chain(1, 'same'))).toEqual({ size: [9, 9], stride: [1, 1], centre: [0, 0] });
  });

  test.each(Array.from({ length: 24 }, (_, seed) => seed))('is what gradients find, random model %i', async (seed) => {
    const graph = randomModel(seed);
    const before = memory().numTensors;
    const [height, width] = graph.outputShapes[0] as number[];
    const field = receptiveField(graph);
    for (const at of [undefined, [Math.floor(height! / 2) - 1, Math.floor(width! / 2) + 1]]) {
      const measured = await measureReceptiveField(graph, at ? { at } : {});
      const { first, last } = ends(field, measured.at);
      expect(first.every((pixel) => pixel >= 0) && last.every((pixel, axis) => pixel < [61, 57][axis]!)).toBe(true);
      expect({ first: measured.first, last: measured.last, size: measured.size }).toEqual({
        first,
        last,
        size: field.size,
      });
    }
    expect(memory().numTensors).toBe(before);
  });

  test('of an output pixel at the border ends at the border', async () => {
    const measured = await measureReceptiveField(chain(1, 'same'), { at: [0, 199] });
    expect(measured).toEqual({ at: [0, 199], first: [0, 195], last: [4, 199], size: [5, 5] });
  });

  test('is all of the image behind global pooling or flatten', async () => {
    const x = input([9, 7, 1]);
    const h = conv2d({ filters: 2, kernelSize: 3, padding: 'same' })(x);
    for (const whole of [globalAveragePool2d()(h), globalMaxPool2d()(h), dense({ units: 2 })(flatten()(h))]) {
      const graph = model({ inputs: x, outputs: whole });
      expect(receptiveField(graph).size).toEqual([11, 9]);
      expect((await measureReceptiveField(graph)).size).toEqual([9, 7]);
    }
  });

  test('goes through layers that do not look around: gates, dropout, normalisation, weight norm', async () => {
    const x = input([15, 15, 2]);
    const h = groupNorm({ groups: 2 })(weightNorm(conv2d({ filters: 4, kernelSize: 3, activation: 'sigmoid' }))(x));
    const padded = padding2d({ padding: [1, 0, 2, 1] })(spatialDropout2d({ rate: 0.5 })(h));
    const graph = model({ inputs: x, outputs: cropping2d({ cropping: [0, 1, 1, 0] })(upSampling2d()(padded)) });
    expect(receptiveField(graph)).toEqual({ size: [3, 3], stride: [0.5, 0.5], centre: [-0.25, -0.75] });
    const { first, size } = await measureReceptiveField(graph, { at: [9, 12] });
    expect({ first, size }).toEqual({ first: [3, 4], size: [3, 3] });
    const gated = multiply()([
      h,
      activation({ activation: 'sigmoid' })(reshape({ targetShape: [1, 1, 4] })(globalAveragePool2d()(h))),
    ]);
    expect((await measureReceptiveField(model({ inputs: x, outputs: gated }))).size).toEqual([15, 15]);
    expect(receptiveField(model({ inputs: x, outputs: gated })).size[0]).toBeGreaterThanOrEqual(15);
  });

  test('of a transposed convolution grows by what falls on a pixel', async () => {
    const graph = sequential([
      input([20, 20, 1]),
      conv2dTranspose({ filters: 1, kernelSize: 4, strides: 2, padding: 1 }),
    ]);
    const { size, stride, centre } = receptiveField(graph);
    expect({ size, stride }).toEqual({ size: [2, 2], stride: [0.5, 0.5] });
    // Over one input pixel's output pixels the centres are right in the mean.
    const middles = await Promise.all(
      [20, 21].map(async (place) => {
        const { first, last } = await measureReceptiveField(graph, { at: [place, place] });
        return (first[0]! + last[0]!) / 2;
      }),
    );
    expect((middles[0]! + middles[1]!) / 2).toBe(centre[0]! + 20.5 * stride[0]!);
    expect((await measureReceptiveField(graph)).size).toEqual([2, 2]);
  });

  test('is known for images of any size, as far as that does not matter', () => {
    const graph = sequential([
      input([null, null, 3]),
      conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same', name: 'c' }),
      globalAveragePool2d({ name: 'g' }),
    ]);
    expect(receptiveFields(graph)['c']).toEqual({ size: [3, 3], stride: [2, 2], centre: [1, 1] });
    expect(() => receptiveField(graph)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: receptiveField: 'g' does not depend on the input, or its field depends on a size that is not known. Give the input a size: input([224, 224, 3]).]`,
    );
    expect(() => receptiveField(graph, { of: 'conv' })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: receptiveField: the model has no node "conv". Known: input, c, g.]`,
    );
    expect(() => receptiveFields(graph, { input: 'image' })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: receptiveField: the model has no node "image". Known: input, c, g.]`,
    );
  });

  test('goes from one of several inputs', () => {
    const [a, b] = [input([16, 16, 1], { name: 'a' }), input([16, 16, 1], { name: 'b' })];
    const wide = conv2d({ filters: 1, kernelSize: 5, padding: 'same' })(a);
    const graph = model({ inputs: [a, b], outputs: add()([wide, b]) });
    expect(receptiveField(graph, { input: 'a' }).size).toEqual([5, 5]);
    expect(receptiveField(graph, { input: 'b' }).size).toEqual([1, 1]);
    expect(Object.keys(receptiveFields(graph, { input: 'b' }))).toEqual(['b', 'add']);
  });

  test('does not depend on the order of the axes; measured it is for channels last alone', async () => {
    const build = (dataFormat: 'channelsLast' | 'channelsFirst', axis: number): Model =>
      sequential([
        input(dataFormat === 'channelsFirst' ? [3, 20, 30] : [20, 30, 3]),
        conv2d({ filters: 4, kernelSize: [5, 3], strides: [1, 2], padding: 'same', dataFormat }),
        batchNorm({ axis }),
        weightNorm(conv2d({ filters: 5, kernelSize: [3, 7], padding: 'same', dataFormat })),
        maxPool2d({ poolSize: [2, 3], dataFormat }),
        upSampling2d({ dataFormat }),
        globalAveragePool2d({ keepDims: true, dataFormat }),
      ]);
    const [last, first] = [build('channelsLast', -1), build('channelsFirst', 1)];
    expect(receptiveFields(first)).toEqual(receptiveFields(last));
    await expect(measureReceptiveField(first)).rejects.toThrow(
      "measureReceptiveField: 'conv2d' puts the channels first, but only images [H, W, C] can be measured.",
    );
  });

  test('cannot be measured for a pixel that is not there', async () => {
    await expect(measureReceptiveField(chain(3), { at: [2, 3] })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OptionError: measureReceptiveField: at is [2, 3], but 'c4' has 2 x 2 pixels.]`,
    );
    const open = sequential([input([null, 4, 1]), conv2d({ filters: 1, kernelSize: 1 })]);
    await expect(measureReceptiveField(open)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OptionError: measureReceptiveField: the model has 1 inputs, the first of [?, 4, 1], but must have one of known size.]`,
    );
  });
});

describe('layersFor', () => {
  test('a face of 288 pixels: 144 convolutions of 3x3, or 6 at stride 3', () => {
    expect(layersFor({ receptiveField: 288, kernelSize: 3 })).toEqual({ layers: 144, receptiveField: 289 });
    expect(layersFor({ receptiveField: 288, kernelSize: 3, strides: 3 })).toEqual({ layers: 6, receptiveField: 729 });
    expect(layersFor({ receptiveField: 1, kernelSize: 3 })).toEqual({ layers: 0, receptiveField: 1 });
  });

  test.each([
    { kernelSize: 3, pooling: 2 },
    { kernelSize: 3, pooling: 2, convolutionsPerPooling: 2 },
    { kernelSize: 5, strides: 2, dilation: 2 },
  ])('agrees with a model of so many layers: %o', (options) => {
    const { layers, receptiveField: reached } = layersFor({ receptiveField: 60, ...options });
    const build = (count: number): number => {
      const image = input([600, 600, 1]);
      let x: SymbolicTensor = image;
      for (let place = 0; place < count; place++) {
        if (place > 0 && options.pooling && place % (options.convolutionsPerPooling ?? 1) === 0)
          x = maxPool2d({ poolSize: options.pooling })(x);
        x = conv2d({
          filters: 1,
          kernelSize: options.kernelSize,
          strides: options.strides ?? 1,
          dilation: options.dilation ?? 1,
        })(x);
      }
      return receptiveField(model({ inputs: image, outputs: x })).size[0]!;
    };
    expect(build(layers)).toBe(reached);
    expect(reached).toBeGreaterThanOrEqual(60);
    expect(build(layers - 1)).toBeLessThan(60);
  });

  test('refuses a kernel that sees one pixel', () => {
    expect(() => layersFor({ receptiveField: 9, kernelSize: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: layersFor: kernelSize - 1 is 0, but must be a whole number of at least 1.]`,
    );
  });
});
