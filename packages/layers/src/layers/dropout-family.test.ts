// Dropout and its relatives: gradients and saved forms, values against naive loops over the same random bits.
import { randomNormal, type Shape } from '@striate/core';
import { describe, expect, it } from 'vitest';
import type { LayerFunction } from '../layer-function.ts';
import { model } from '../model/model.ts';
import { checkLayer, type LayerCheck } from '../testing/check-layer.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';
import { bitsOf, isKept, key, noise, random, run, seed } from '../testing/random-layer-trials.ts';
import { alphaDropout } from './alpha-dropout.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { dropBlock } from './drop-block.ts';
import { dropConnect } from './drop-connect.ts';
import { dropout } from './dropout.ts';
import { flatten } from './flatten.ts';
import { gaussianDropout } from './gaussian-dropout.ts';
import { input } from './input.ts';
import { separableConv2d } from './separable-conv2d.ts';
import { spatialDropout2d } from './spatial-dropout2d.ts';
import { stochasticDepth } from './stochastic-depth.ts';

const image = [[5, 6, 4]];
const same = { inputShapes: image, outputShape: image[0]!, parameterCount: 0, sameInTraining: false };
const checks: Record<string, LayerCheck> = {
  'dropout, scaled in inference': { ...same, layer: dropout({ rate: 0.4, scaling: 'test' }) },
  spatialDropout2d: { ...same, layer: spatialDropout2d({ rate: 0.4 }) },
  alphaDropout: { ...same, layer: alphaDropout({ rate: 0.4 }) },
  gaussianDropout: { ...same, layer: gaussianDropout({ rate: 0.4 }) },
  stochasticDepth: { ...same, layer: stochasticDepth({ rate: 0.5 }), batchSize: 8 },
  'stochasticDepth of the whole batch': { ...same, layer: stochasticDepth({ rate: 0.5, mode: 'batch' }) },
  dropBlock: { ...same, layer: dropBlock({ rate: 0.4, blockSize: 2 }) },
  'dropConnect of dense': {
    layer: dropConnect(dense({ units: 4, name: 'head' }), { rate: 0.4 }),
    inputShapes: [[5]],
    outputShape: [4],
    parameterCount: 24,
    sameInTraining: false,
  },
  'dropConnect of conv2d': {
    layer: dropConnect(conv2d({ filters: 3, kernelSize: 3, activation: 'tanh' }), { rate: 0.4 }),
    inputShapes: image,
    outputShape: [3, 4, 3],
    parameterCount: 111,
    sameInTraining: false,
  },
};

const shape = [3, 6, 5, 4];
const values = noise(shape);
const pixels = (at: (n: number, i: number, j: number, c: number) => number): number[] => {
  const [samples, height, width, channels] = shape as [number, number, number, number];
  return Array.from({ length: samples * height * width * channels }, (_, place) => {
    const [n, i, j] = [
      Math.floor(place / (height * width * channels)),
      Math.floor(place / (width * channels)) % height,
      Math.floor(place / channels) % width,
    ];
    return at(n, i, j, place % channels);
  });
};
const sampleOf = (n: number): number => random.sampleOffset + n;
const times = (mask: readonly number[]): number[] => mask.map((factor, place) => factor * values[place]!);
const rate = 0.3;

function blockMask(blockSize: number): number[] {
  const [, height, width, channels] = shape as [number, number, number, number];
  const [rows, columns] = [height - blockSize + 1, width - blockSize + 1];
  const gamma = ((rate / blockSize ** 2) * height * width) / (rows * columns);
  const kept = pixels((n, i, j, c) => {
    const bits = bitsOf(sampleOf(n), rows * columns * channels);
    for (let top = Math.max(0, i - blockSize + 1); top <= Math.min(i, rows - 1); top++)
      for (let left = Math.max(0, j - blockSize + 1); left <= Math.min(j, columns - 1); left++)
        if (!isKept(bits[(top * columns + left) * channels + c]!, gamma)) return 0;
    return 1;
  });
  const size = height * width * channels;
  return kept.map((value, place) => {
    const sample = kept.slice(Math.floor(place / size) * size, (Math.floor(place / size) + 1) * size);
    return (value * size) / sample.reduce((sum, one) => sum + one, 0);
  });
}

const alpha = -1.7580993408473766;
const a = ((1 - rate) * (1 + rate * alpha ** 2)) ** -0.5;
const place = (i: number, j: number, c: number): number => (i * 5 + j) * 4 + c;
const keeps = (n: number, e: number): boolean => isKept(bitsOf(sampleOf(n), 120)[e]!, rate);
const naive: Record<string, [LayerFunction, number[]]> = {
  dropout: [dropout({ rate }), times(pixels((n, i, j, c) => (keeps(n, place(i, j, c)) ? 1 / (1 - rate) : 0)))],
  'dropout, scaled in inference': [
    dropout({ rate, scaling: 'test' }),
    times(pixels((n, i, j, c) => (keeps(n, place(i, j, c)) ? 1 : 0))),
  ],
  spatialDropout2d: [spatialDropout2d({ rate }), times(pixels((n, _i, _j, c) => (keeps(n, c) ? 1 / (1 - rate) : 0)))],
  stochasticDepth: [stochasticDepth({ rate }), times(pixels((n) => (keeps(n, 0) ? 1 / (1 - rate) : 0)))],
  'stochasticDepth of the batch': [
    stochasticDepth({ rate, mode: 'batch' }),
    times(pixels(() => (isKept(bitsOf(0, 1)[0]!, rate) ? 1 / (1 - rate) : 0))),
  ],
  alphaDropout: [
    alphaDropout({ rate }),
    pixels(
      (n, i, j, c) => (keeps(n, place(i, j, c)) ? a * values[n * 120 + place(i, j, c)]! : a * alpha) - a * rate * alpha,
    ),
  ],
  gaussianDropout: [
    gaussianDropout({ rate }),
    times(
      [0, 1, 2].flatMap((n) =>
        Array.from(
          randomNormal(key, 120, { sample: sampleOf(n), mean: 1, standardDeviation: Math.sqrt(rate / (1 - rate)) }),
        ),
      ),
    ),
  ],
  'dropBlock of 1': [dropBlock({ rate, blockSize: 1 }), times(blockMask(1))],
  'dropBlock of 2': [dropBlock({ rate, blockSize: 2 }), times(blockMask(2))],
  'dropBlock of 5': [dropBlock({ rate, blockSize: 5 }), times(blockMask(5))],
};

const results = new Map<string, Float32Array[]>();
const remember = (name: string, y: Float32Array): void => void results.set(name, [...(results.get(name) ?? []), y]);

onEachBackend(`the dropout family (seed ${seed})`, () => {
  it.each(Object.entries(checks))('%s trains, can be saved and leaves nothing', (_, check) => checkLayer(check));

  it.each(Object.entries(naive))('%s is what its bits say', async (name, [layer, expected]) => {
    const y = await run(layer, shape, values);
    remember(name, y);
    const largest = Math.max(...expected.map(Math.abs));
    y.forEach((value, index) => expect(Math.abs(value - expected[index]!)).toBeLessThanOrEqual(1e-6 * largest + 1e-12));
  });

  it.each(Object.entries(naive))('a sample of %s does not depend on the batch it is in', async (name, [layer]) => {
    const [first] = shape as [number];
    const size = values.length / first;
    const later = { ...random, sampleOffset: random.sampleOffset + 1 };
    const y = await run(layer, [2, ...shape.slice(1)], values.slice(size), true, later);
    expect(y, name).toEqual((await run(layer, shape, values)).slice(size));
  });

  it('dropConnect masks the weights, for all samples alike', async () => {
    const layer = dropConnect(dense({ units: 3, kernelInitializer: { type: 'ones' } }), { rate });
    const x = noise([4, 7]);
    const expected = Array.from({ length: 4 }, (_, n) =>
      [0, 1, 2].map((unit) =>
        Array.from({ length: 7 }, (_, c) =>
          isKept(bitsOf(c, 3)[unit]!, rate) ? x[n * 7 + c]! / (1 - rate) : 0,
        ).reduce((sum, value) => sum + value, 0),
      ),
    ).flat();
    const y = await run(layer, [4, 7], x);
    y.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 5));
    expect(await run(layer, [4, 7], x, true, { ...random, sampleOffset: 9 })).toEqual(y);
  });

  it('dropConnect gives each kernel of a layer a mask of its own', async () => {
    const ones = { type: 'ones' };
    const layer = separableConv2d({
      filters: 8,
      kernelSize: 1,
      depthwiseInitializer: ones,
      pointwiseInitializer: ones,
    });
    const y = await run(dropConnect(layer, { rate: 0.5 }), [1, 1, 1, 8], new Float32Array(8).fill(1));
    const kept = (sample: number, length: number): number[] =>
      Array.from(bitsOf(sample, length), (bits) => (isKept(bits, 0.5) ? 2 : 0));
    const [depthwise, pointwise] = [kept(0, 8), kept(2 ** 24, 64)];
    const expected = Array.from({ length: 8 }, (_, filter) =>
      depthwise.reduce((sum, factor, channel) => sum + factor * pointwise[channel * 8 + filter]!, 0),
    );
    expect(Array.from(y)).toEqual(expected);
  });
});

// Of the references alone there is nothing to compare: conformance runs this file on several.
const names = Object.keys(naive).filter((name) => name !== 'gaussianDropout');
describe('backends', () => {
  it.for(names)('compute the same bits of %s', (name, { skip }) => {
    const [first, ...others] = results.get(name)!;
    skip(others.length === 0, 'there is one backend');
    for (const other of others) expect(other).toEqual(first);
  });
});

describe('options and shapes of the dropout family', () => {
  const build = (from: Shape, layer: LayerFunction) => (): unknown => {
    const x = input(from);
    return model({ inputs: x, outputs: layer(x) });
  };
  it('are refused if impossible', () => {
    expect(() => dropout({ rate: 0.5, scaling: 'inverse' as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dropout: scaling is "inverse". Did you mean 'inverted'? Known: inverted, test.]`,
    );
    expect(() => spatialDropout2d({ rate: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: spatialDropout2d: rate is 1, but must be at least 0 and less than 1.]`,
    );
    expect(() => alphaDropout({ rate: -0.1 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: alphaDropout: rate is -0.1, but must be at least 0 and less than 1.]`,
    );
    expect(() => gaussianDropout({ rate: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: gaussianDropout: rate is 1, but must be at least 0 and less than 1.]`,
    );
    expect(() => stochasticDepth({ rate: 0.1, mode: 'sample' as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: stochasticDepth: mode is "sample". Known: row, batch.]`,
    );
    expect(() => dropBlock({ rate: 0.1, blockSize: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dropBlock: blockSize is 0, but must be a whole number of at least 1.]`,
    );
    expect(() => dropConnect(dense({ units: 2 }), { rate: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dropConnect: rate is 2, but must be at least 0 and less than 1.]`,
    );
    expect(build([4, 5], spatialDropout2d({ rate: 0.1 }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'spatialDropout2d', which is given [4, 5]: spatialDropout2d: x is [4, 5] with 2 axes, but an image has 3: [H, W, C]. Leave the batch axis out; a grey image is [H, W, 1].]`,
    );
    expect(build([4, 5, 3], dropBlock({ rate: 0.1 }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'dropBlock', which is given [4, 5, 3]: dropBlock: a block of 7x7 does not fit into [4, 5, 3]. Use a smaller blockSize.]`,
    );
    expect(build([4, 5, 3], dropConnect(flatten(), { rate: 0.1 }))).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dropConnect: a layer of type 'flatten' has no kernel whose weights could be dropped.]`,
    );
  });
  it('a rate of 0 does nothing', () => {
    expect(build([null, null, 3], dropBlock({ rate: 0, blockSize: 3 }))).not.toThrow();
  });
});
