// What the dropout family does on average, and the two scalings of dropout.
import { dispose, sizeOf, tensor } from '@striate/core';
import { expect, it } from 'vitest';
import type { LayerFunction } from '../layer-function.ts';
import { forward } from '../model/forward.ts';
import { initialize } from '../model/initialize.ts';
import { model } from '../model/model.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';
import { noise, run, seed } from '../testing/random-layer-trials.ts';
import { alphaDropout } from './alpha-dropout.ts';
import { dense } from './dense.ts';
import { dropBlock } from './drop-block.ts';
import { dropConnect } from './drop-connect.ts';
import { dropout } from './dropout.ts';
import { gaussianDropout } from './gaussian-dropout.ts';
import { input } from './input.ts';
import { spatialDropout2d } from './spatial-dropout2d.ts';
import { stochasticDepth } from './stochastic-depth.ts';

const rate = 0.3;
const shape = [3, 6, 5, 4];
const values = noise(shape);

/** Which of `count` equal inputs the layer keeps. */
const keptShare = async (layer: LayerFunction, shape: readonly number[]): Promise<number> => {
  const y = await run(layer, shape, new Float32Array(sizeOf(shape)).fill(1));
  return y.filter((value) => value !== 0).length / y.length;
};
const within = (value: number, expected: number, deviation: number): void =>
  expect(Math.abs(value - expected), `${value} instead of ${expected}`).toBeLessThan(5 * deviation);

onEachBackend(`the dropout family on average (seed ${seed})`, () => {
  it('the share that is dropped', async () => {
    const elements = 40_000;
    const deviation = (count: number): number => Math.sqrt((0.3 * 0.7) / count);
    within(await keptShare(dropout({ rate }), [40, 1000]), 0.7, deviation(elements));
    within(await keptShare(spatialDropout2d({ rate }), [40, 3, 3, 100]), 0.7, deviation(4000));
    within(await keptShare(stochasticDepth({ rate }), [4000, 3]), 0.7, deviation(4000));
    const sums = await run(
      dropConnect(dense({ units: 200, kernelInitializer: { type: 'ones' } }), { rate }),
      [1, 200],
      new Float32Array(200).fill(1),
    );
    within(sums.reduce((sum, value) => sum + value * 0.7, 0) / elements, 0.7, deviation(elements));
  });

  it('dropBlock drops as many values as corners of blocks reach, and keeps the mean', async () => {
    const [height, width, blockSize] = [12, 9, 3];
    const big = [50, height, width, 16];
    const y = await run(dropBlock({ rate, blockSize }), big, new Float32Array(sizeOf(big)).fill(1));
    const gamma = ((rate / blockSize ** 2) * height * width) / ((height - 2) * (width - 2));
    const reach = (place: number, size: number): number => Math.min(place, blockSize - 1, size - 1 - place) + 1;
    let expected = 0;
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++)
        expected += (1 - gamma) ** (reach(i, height) * reach(j, width)) / (height * width);
    const kept = y.filter((value) => value !== 0).length / y.length;
    // A corner takes nine values with it.
    within(kept, expected, Math.sqrt((9 * expected * (1 - expected)) / y.length));
    within(y.reduce((sum, value) => sum + value, 0) / y.length, 1, 1e-6);
  });

  it('alphaDropout keeps mean 0 and variance 1, gaussianDropout multiplies by what it says', async () => {
    const x = noise([50, 1000]);
    const moments = (y: Float32Array): [number, number] => {
      const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
      return [mean, y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / y.length];
    };
    const [mean, variance] = moments(await run(alphaDropout({ rate }), [50, 1000], x));
    within(mean, 0, Math.sqrt(1 / x.length));
    within(variance, 1, Math.sqrt(4 / x.length));
    const [average, spread] = moments(
      await run(gaussianDropout({ rate }), [50, 1000], new Float32Array(50_000).fill(1)),
    );
    within(average, 1, Math.sqrt(rate / (1 - rate) / x.length));
    within(spread, rate / (1 - rate), (Math.sqrt(2) * rate) / (1 - rate) / Math.sqrt(x.length));
  });

  it('both scalings of dropout agree in expectation', async () => {
    const inference = async (scaling: 'inverted' | 'test'): Promise<Float32Array> =>
      run(dropout({ rate, scaling }), shape, values, false);
    const training = async (scaling: 'inverted' | 'test'): Promise<Float32Array> =>
      run(dropout({ rate, scaling }), shape, values);
    const scaled = (y: Float32Array): Float32Array => y.map((value) => value * (1 - rate));
    // With the same mask, the deck's form is the inverted one times 1 - rate, in training as in inference.
    const [deck, inverted] = [await training('test'), scaled(await training('inverted'))];
    deck.forEach((value, index) => expect(value).toBeCloseTo(inverted[index]!, 6));
    expect(await inference('inverted')).toEqual(values);
    const kept = scaled(values);
    (await inference('test')).forEach((value, index) => expect(value).toBeCloseTo(kept[index]!, 6));
    // The mean over many masks is what inference computes.
    const repeated = new Float32Array(20_000).fill(1);
    const mean = (y: Float32Array): number => y.reduce((sum, value) => sum + value, 0) / y.length;
    for (const scaling of ['inverted', 'test'] as const) {
      const layer = dropout({ rate, scaling });
      const difference =
        mean(await run(layer, [20, 1000], repeated)) - mean(await run(layer, [20, 1000], repeated, false));
      within(difference, 0, Math.sqrt(rate / (1 - rate) / repeated.length));
    }
  });

  it("the deck's form is the next layer's weights times 1 - rate in inference", async () => {
    const x = noise([4, 6]);
    const chain = (layers: readonly LayerFunction[]): ReturnType<typeof model> => {
      const from = input([6]);
      return model({ inputs: from, outputs: layers.reduce((y, layer) => layer(y), from) });
    };
    const head = dense({ units: 3, useBias: false });
    const network = initialize(chain([dropout({ rate, scaling: 'test' }), head]), { seed });
    const images = tensor(x, [4, 6]);
    const { outputs } = forward(network.model, { ...network, inputs: [images] });
    const kernel = await network.parameters['dense/kernel']!.data();
    const scaledKernel = tensor(
      Float32Array.from(kernel, (weight) => weight * (1 - rate)),
      [6, 3],
    );
    const plain = forward(chain([head]), { parameters: { 'dense/kernel': scaledKernel }, state: {}, inputs: [images] });
    const expected = await plain.outputs[0]!.data();
    (await outputs[0]!.data()).forEach((value: number, index: number) =>
      expect(value).toBeCloseTo(expected[index]!, 5),
    );
    dispose(outputs, plain.outputs, images, scaledKernel, network.parameters);
  });
});
