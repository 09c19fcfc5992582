import { dispose, sizeOf, tensor, type Tensor, type Values } from '@striate/core';
import { describe, expect, it } from 'vitest';
import type { LayerFunction } from '../layer-function.ts';
import { forward } from '../model/forward.ts';
import { initialize } from '../model/initialize.ts';
import { model } from '../model/model.ts';
import { checkLayer, type LayerCheck } from '../testing/check-layer.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';
import { batchNorm } from './batch-norm.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { flatten } from './flatten.ts';
import { groupNorm } from './group-norm.ts';
import { input } from './input.ts';
import { instanceNorm } from './instance-norm.ts';
import { layerNorm } from './layer-norm.ts';
import { localResponseNorm } from './local-response-norm.ts';
import { separableConv2d } from './separable-conv2d.ts';
import { spectralNorm } from './spectral-norm.ts';
import { unitNormalization } from './unit-normalization.ts';
import { weightNorm } from './weight-norm.ts';

const image = { inputShapes: [[3, 4, 6]], outputShape: [3, 4, 6] };
const checks: Record<string, LayerCheck> = {
  layerNorm: { ...image, layer: layerNorm(), parameterCount: 12 },
  'layerNorm of whole images': { ...image, layer: layerNorm({ axis: [1, 2, 3] }), parameterCount: 144 },
  'layerNorm, not centred': { ...image, layer: layerNorm({ axis: [-2, -1], center: false }), parameterCount: 24 },
  'layerNorm of vectors': { layer: layerNorm(), inputShapes: [[7]], outputShape: [7], parameterCount: 14 },
  groupNorm: { ...image, layer: groupNorm({ groups: 3 }), parameterCount: 12 },
  'groupNorm, not scaled': { ...image, layer: groupNorm({ groups: 2, scale: false }), parameterCount: 6 },
  instanceNorm: { ...image, layer: instanceNorm(), parameterCount: 12 },
  localResponseNorm: { ...image, layer: localResponseNorm({ alpha: 0.5 }), parameterCount: 0 },
  unitNormalization: { ...image, layer: unitNormalization(), parameterCount: 0 },
  'weightNorm of conv2d': {
    layer: weightNorm(conv2d({ filters: 5, kernelSize: 2, activation: 'tanh' })),
    inputShapes: [[3, 4, 6]],
    outputShape: [2, 3, 5],
    parameterCount: 120 + 5 + 5,
  },
  'weightNorm of two kernels': {
    layer: weightNorm(separableConv2d({ filters: 5, kernelSize: 2, useBias: false })),
    inputShapes: [[3, 4, 6]],
    outputShape: [2, 3, 5],
    parameterCount: 24 + 30 + 5 + 1,
  },
  // As many steps of the power iteration make u and v those of the kernel: only then are they no part of the gradient.
  'spectralNorm of dense': {
    layer: spectralNorm(dense({ units: 3, name: 'head' }), { iterations: 200 }),
    inputShapes: [[4]],
    outputShape: [3],
    parameterCount: 15,
    sameInTraining: false,
  },
  'spectralNorm of conv2d': {
    layer: spectralNorm(conv2d({ filters: 3, kernelSize: 2 }), { iterations: 200 }),
    inputShapes: [[3, 3, 2]],
    outputShape: [2, 2, 3],
    parameterCount: 27,
    sameInTraining: false,
  },
};

const x = Float32Array.from({ length: 2 * 2 * 3 * 4 }, (_, place) => Math.sin(place * 1.3) * 2 + 1);
const shape = [2, 2, 3, 4];

async function run(
  layer: LayerFunction,
  { training = false, parameters }: { training?: boolean; parameters?: Values } = {},
): Promise<{ y: number[]; state: Record<string, number[]>; initial: Record<string, number[]> }> {
  const entry = input(shape.slice(1));
  const network = initialize(model({ inputs: entry, outputs: layer(entry) }), { seed: 1 });
  const given = { ...network.parameters, ...parameters };
  const images = tensor(x, shape);
  const result = forward(network.model, { ...network, parameters: given, inputs: [images], training });
  const read = async (values: Values): Promise<Record<string, number[]>> =>
    Object.fromEntries(
      await Promise.all(Object.entries(values).map(async ([name, value]) => [name, Array.from(await value.data())])),
    );
  const y = Array.from(await result.outputs[0]!.data());
  const found = { y, state: await read(result.state), initial: await read({ ...given, ...network.state }) };
  dispose(images, result.outputs, given, network.state);
  return found;
}

/** Normalises the places that `groupOf` gives the same name, by the formula. */
function normalized(groupOf: (place: number) => string | number, epsilon: number): number[] {
  return Array.from(x, (value, place) => {
    const values = Array.from(x).filter((_, other) => groupOf(other) === groupOf(place));
    const mean = values.reduce((sum, other) => sum + other, 0) / values.length;
    const variance = values.reduce((sum, other) => sum + (other - mean) ** 2, 0) / values.length;
    return (value - mean) / Math.sqrt(variance + epsilon);
  });
}
const close = (found: readonly number[], wanted: readonly number[]): void => {
  expect(found.length).toBe(wanted.length);
  for (const [place, value] of wanted.entries()) expect(found[place], `place ${place}`).toBeCloseTo(value, 4);
};

onEachBackend('normalisation', () => {
  it.each(Object.entries(checks))('%s', async (_name, check) => checkLayer(check));

  it('normalises what belongs together', async () => {
    const sample = (place: number): number => Math.floor(place / 24);
    const channel = (place: number): number => place % 4;
    const [pixel, half] = [(place: number) => Math.floor(place / 4), (place: number) => Math.floor(channel(place) / 2)];
    close((await run(layerNorm())).y, normalized(pixel, 1e-3));
    close((await run(layerNorm({ epsilon: 0.4 }))).y, normalized(pixel, 0.4));
    close(
      (await run(layerNorm({ axis: [2, 3] }))).y,
      normalized((place) => Math.floor(place / 12), 1e-3),
    );
    close((await run(layerNorm({ axis: [1, 2, 3] }))).y, normalized(sample, 1e-3));
    close(
      (await run(groupNorm({ groups: 2, epsilon: 0.4 }))).y,
      normalized((i) => `${sample(i)} ${half(i)}`, 0.4),
    );
    close(
      (await run(instanceNorm({ epsilon: 0.1 }))).y,
      normalized((i) => `${sample(i)} ${channel(i)}`, 0.1),
    );
  });

  it('localResponseNorm takes the sum of squares, or their mean', async () => {
    const neighbours = (place: number): number =>
      [-1, 0, 1].reduce((sum, step) => {
        const channel = (place % 4) + step;
        return channel < 0 || channel > 3 ? sum : sum + x[place + step]! ** 2;
      }, 0);
    for (const averaged of [false, true]) {
      const options = { size: 3, alpha: 0.6, beta: 0.4, k: 1.2, averaged };
      const alpha = averaged ? 0.2 : 0.6;
      close(
        (await run(localResponseNorm(options))).y,
        Array.from(x, (value, place) => value / (1.2 + alpha * neighbours(place)) ** 0.4),
      );
    }
  });

  it('unitNormalization makes every pixel a vector of length 1', async () => {
    const { y } = await run(unitNormalization());
    for (let pixel = 0; pixel < 12; pixel++) expect(Math.hypot(...y.slice(4 * pixel, 4 * pixel + 4))).toBeCloseTo(1, 5);
  });

  it('weightNorm begins with the values of the layer inside, and g scales it', async () => {
    const inner = (): LayerFunction => conv2d({ filters: 3, kernelSize: 2, useBias: false, name: 'same' });
    const { initial, y } = await run(weightNorm(inner()));
    expect(Object.keys(initial)).toEqual(['same/kernelV', 'same/kernelG']);
    const kernel = (): Tensor => tensor(initial['same/kernelV']!, [2, 2, 4, 3]);
    close((await run(inner(), { parameters: { 'same/kernel': kernel() } })).y, y);
    const doubled = (
      await run(weightNorm(inner()), {
        parameters: { 'same/kernelG': tensor(initial['same/kernelG']!.map((value) => 2 * value)) },
      })
    ).y;
    close(
      doubled,
      y.map((value) => 2 * value),
    );
  });

  it('spectralNorm leaves the largest singular value 1, and iterates in training alone', async () => {
    const layer = (options = {}): LayerFunction => spectralNorm(dense({ units: 3, name: 'head' }), options);
    const { initial, state } = await run(layer());
    expect(Object.keys(initial)).toEqual(['head/kernel', 'head/bias', 'head/kernelU', 'head/kernelV']);
    close(state['head/kernelU']!, initial['head/kernelU']!);
    const kernel = initial['head/kernel']!;
    // Largest eigenvalue of W^T W by its own iteration.
    let u = [1, 0.3, -0.2];
    let sigma = 0;
    for (let step = 0; step < 500; step++) {
      const v = [0, 1, 2, 3].map((row) => u.reduce((sum, value, column) => sum + kernel[row * 3 + column]! * value, 0));
      u = [0, 1, 2].map((column) => v.reduce((sum, value, row) => sum + kernel[row * 3 + column]! * value, 0));
      sigma = Math.sqrt(Math.hypot(...u));
      u = u.map((value) => value / Math.hypot(...u));
    }
    const trained = await run(layer({ iterations: 100 }), { training: true });
    const plain = await run(dense({ units: 3, name: 'head' }), {
      parameters: { 'head/kernel': tensor(kernel, [4, 3]) },
    });
    close(
      trained.y,
      plain.y.map((value) => value / sigma),
    );
    expect(trained.state['head/kernelU']!.map(Math.abs)).not.toEqual(initial['head/kernelU']!.map(Math.abs));
  });

  it("spectralNorm's epsilon is added to the lengths of u and v", async () => {
    const layer = spectralNorm(dense({ units: 3, name: 'head' }), { epsilon: 1000 });
    const { state } = await run(layer, { training: true });
    expect(Math.hypot(...state['head/kernelU']!)).toBeLessThan(0.01);
    expect(Math.hypot(...state['head/kernelV']!)).toBeLessThan(0.01);
  });

  it('frozen batchNorm uses and keeps its moving statistics in training', async () => {
    const trained = await run(batchNorm({ trainable: false }), { training: true });
    const evaluated = await run(batchNorm({ trainable: false }));
    expect(trained.y).toEqual(evaluated.y);
    expect(trained.state).toEqual(evaluated.state);
    expect((await run(batchNorm(), { training: true })).y).not.toEqual(evaluated.y);
  });

  it.each(['keras', 'pytorch'] as const)("batchNorm's first moving statistics, %s", async (convention) => {
    const { state } = await run(batchNorm({ momentum: 0.75, convention }), { training: true });
    const count = sizeOf(shape) / 4;
    for (let channel = 0; channel < 4; channel++) {
      const values = Array.from(x).filter((_, place) => place % 4 === channel);
      const mean = values.reduce((sum, value) => sum + value, 0) / count;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      expect(state['batchNorm/movingMean']![channel]).toBeCloseTo(0.25 * mean, 5);
      expect(state['batchNorm/movingVariance']![channel]).toBeCloseTo(
        0.75 + (0.25 * squares) / (convention === 'keras' ? count : count - 1),
        5,
      );
    }
  });
});

it("default options are Keras', and AlexNet's", () => {
  const affine = { epsilon: 1e-3, center: true, scale: true };
  expect(layerNorm().options).toEqual({ axis: -1, ...affine });
  expect(groupNorm().options).toEqual({ groups: 32, ...affine });
  expect(instanceNorm().options).toEqual(affine);
  expect(localResponseNorm().options).toEqual({ size: 5, alpha: 1e-4, beta: 0.75, k: 2, averaged: false });
  const inner = { type: 'flatten', options: {} };
  expect(spectralNorm(flatten()).options).toEqual({ layer: inner, iterations: 1, epsilon: 1e-12 });
  expect(weightNorm(flatten()).options).toEqual({ layer: inner });
});

describe('normalisation that cannot be', () => {
  const build =
    (size: (number | null)[], layer: LayerFunction): (() => unknown) =>
    () => {
      const entry = input(size);
      return model({ inputs: entry, outputs: layer(entry) });
    };
  it('is refused when the layer is made', () => {
    expect(() => layerNorm({ axis: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: layerNorm: axis is 0, but must be a whole number other than 0, which is the batch, or a list of them.]`,
    );
    expect(() => layerNorm({ epsilon: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: layerNorm: epsilon is -1, but must be finite and at least 0.]`,
    );
    expect(() => groupNorm({ groups: 1.5 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: groupNorm: groups is 1.5, but must be a whole number of at least 1.]`,
    );
    expect(() => instanceNorm({ center: 'yes' as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: instanceNorm: center is "yes", but must be true or false.]`,
    );
    expect(() => localResponseNorm({ size: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: localResponseNorm: size is 0, but must be a whole number of at least 1.]`,
    );
    expect(() => localResponseNorm({ k: -2 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: localResponseNorm: k is -2, but must be finite and at least 0.]`,
    );
    expect(() => spectralNorm(dense({ units: 2 }), { iterations: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: spectralNorm: iterations is 0, but must be a whole number of at least 1.]`,
    );
  });
  it('is refused when the model is made', () => {
    expect(build([4, 4, 6], groupNorm({ groups: 4 }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'groupNorm', which is given [4, 4, 6]: groupNorm: x is [4, 4, 6], but its 6 channels cannot be cut into 4 groups. Choose groups that divide them.]`,
    );
    expect(build([4, 4, 6], layerNorm({ axis: [1, 3] }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'layerNorm', which is given [4, 4, 6]: layerNorm: axis is [1,3], but x is [4, 4, 6] and a batch axis before it: 4 axes, of which only the last can be normalised, such as [2, 3].]`,
    );
    expect(build([null, 4, 6], layerNorm({ axis: [1, 2, 3] }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'layerNorm', which is given [?, 4, 6]: layerNorm: x is [?, 4, 6], but the sizes that are normalised must be known.]`,
    );
    expect(build([4, 4, 6], weightNorm(flatten()))).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: weightNorm: a layer of type 'flatten' has no kernel that could be normalised.]`,
    );
    expect(build([4, 4, 6], spectralNorm(flatten()))).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: spectralNorm: a layer of type 'flatten' has no kernel that could be normalised.]`,
    );
  });
});
