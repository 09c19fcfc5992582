// Layers that combine, move or rescale values: gradients and saved form by checkLayer, values by naive loops.
import { dispose, randomNormal, sizeOf, streams, tensor } from '@striate/core';
import { expect, it } from 'vitest';
import type { LayerFunction } from '../layer-function.ts';
import { forward } from '../model/forward.ts';
import { initialize } from '../model/initialize.ts';
import { model } from '../model/model.ts';
import { checkLayer, type LayerCheck } from '../testing/check-layer.ts';
import { at, fillBy, type Numbers } from '../testing/naive-convolution.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';
import { average } from './average.ts';
import { concatenate } from './concatenate.ts';
import { cropping2d } from './cropping2d.ts';
import { gaussianNoise } from './gaussian-noise.ts';
import { input } from './input.ts';
import { maximum } from './maximum.ts';
import { minimum } from './minimum.ts';
import { multiply } from './multiply.ts';
import { normalization } from './normalization.ts';
import { padding2d, zeroPadding2d } from './padding2d.ts';
import { permute } from './permute.ts';
import { rescaling } from './rescaling.ts';
import { reshape } from './reshape.ts';
import { resizing } from './resizing.ts';
import { subtract } from './subtract.ts';
import { upSampling2d } from './up-sampling2d.ts';

const seed = Number(process.env['STRIATE_SEED'] ?? Date.now() % 1_000_000);
let drawn = 0;
const draw = (shape: readonly number[]): Numbers => ({
  shape,
  values: randomNormal({ seed, stream: streams.noise, call: drawn++, step: 0 }, sizeOf(shape)),
});

/** What a layer without parameters makes of a batch. */
async function run(layer: LayerFunction, inputs: readonly Numbers[], training = false, step = 0): Promise<Numbers> {
  const places = inputs.map(({ shape }) => input(shape.slice(1)));
  const network = initialize(model({ inputs: places, outputs: layer(places) }), { seed: 1 });
  const tensors = inputs.map(({ shape, values }) => tensor(Float32Array.from(values), [...shape]));
  const random = { seed: 3, step, sampleOffset: 0 };
  const { outputs } = forward(network.model, { ...network, inputs: tensors, training, random });
  const values = Float32Array.from(await outputs[0]!.data());
  const { shape } = outputs[0]!;
  expect(network.model.outputShapes[0]).toEqual(shape.slice(1));
  dispose(tensors, outputs, network.parameters, network.state);
  return { shape, values };
}

function expectNumbers(found: Numbers, wanted: Numbers): void {
  expect(found.shape, `seed ${seed}`).toEqual(wanted.shape);
  const values = Array.from(wanted.values);
  const worst = Math.max(...values.map((value, index) => Math.abs(value - found.values[index]!)));
  expect(worst, `seed ${seed}`).toBeLessThan(2e-6 * Math.max(1, ...values.map(Math.abs)));
}

const image = [[4, 5, 3]];
const two = [
  [4, 5],
  [4, 5],
];
const none = { parameterCount: 0 };
const checks: Record<string, LayerCheck> = {
  average: { layer: average(), inputShapes: [...two, [4, 5]], outputShape: [4, 5], ...none },
  concatenate: {
    layer: concatenate(),
    inputShapes: [
      [2, 3, 1],
      [2, 3, 4],
      [2, 3, 2],
    ],
    outputShape: [2, 3, 7],
    ...none,
  },
  'concatenate along axis 1': {
    layer: concatenate({ axis: 1 }),
    inputShapes: [
      [2, 3],
      [5, 3],
    ],
    outputShape: [7, 3],
    ...none,
  },
  cropping2d: { layer: cropping2d({ cropping: [1, 0, 2, 1] }), inputShapes: image, outputShape: [3, 2, 3], ...none },
  gaussianNoise: {
    layer: gaussianNoise({ standardDeviation: 0.3 }),
    inputShapes: image,
    outputShape: image[0]!,
    sameInTraining: false,
    ...none,
  },
  maximum: { layer: maximum(), inputShapes: [...two, [4, 5]], outputShape: [4, 5], ...none },
  minimum: { layer: minimum(), inputShapes: [...two, [4, 5]], outputShape: [4, 5], ...none },
  multiply: { layer: multiply(), inputShapes: [...two, [4, 5]], outputShape: [4, 5], ...none },
  'multiply by one factor a channel': {
    layer: multiply(),
    inputShapes: [[3], [4, 5, 3], [1, 1, 3]],
    outputShape: [4, 5, 3],
    ...none,
  },
  normalization: {
    layer: normalization({ mean: [1, -2, 0], variance: [0.5, 4, 2] }),
    inputShapes: image,
    outputShape: image[0]!,
    ...none,
  },
  'padding2d circular': {
    layer: padding2d({ padding: [1, 2], paddingMode: 'circular' }),
    inputShapes: image,
    outputShape: [6, 9, 3],
    ...none,
  },
  zeroPadding2d: { layer: zeroPadding2d(), inputShapes: image, outputShape: [6, 7, 3], ...none },
  permute: { layer: permute({ dims: [3, 1, 2] }), inputShapes: image, outputShape: [3, 4, 5], ...none },
  rescaling: {
    layer: rescaling({ scale: [0.5, -2, 0.1], offset: 3 }),
    inputShapes: image,
    outputShape: image[0]!,
    ...none,
  },
  reshape: { layer: reshape({ targetShape: [3, -1, 2] }), inputShapes: image, outputShape: [3, 10, 2], ...none },
  resizing: { layer: resizing({ height: 7, width: 3 }), inputShapes: image, outputShape: [7, 3, 3], ...none },
  subtract: { layer: subtract(), inputShapes: two, outputShape: [4, 5], ...none },
  upSampling2d: { layer: upSampling2d(), inputShapes: image, outputShape: [8, 10, 3], ...none },
  'upSampling2d bilinear': {
    layer: upSampling2d({ size: [3, 2], interpolation: 'bilinear' }),
    inputShapes: image,
    outputShape: [12, 10, 3],
    ...none,
  },
};

/** The value of an image at places between pixels: the mean of those around, the border's pixels going on for ever. */
function between(x: Numbers, n: number, row: number, column: number, channel: number): number {
  const axis = (place: number, size: number): [number, number][] =>
    [Math.floor(place), Math.floor(place) + 1].map((near) => [
      Math.min(Math.max(near, 0), size - 1),
      1 - Math.abs(place - near),
    ]);
  let sum = 0;
  for (const [i, down] of axis(row, x.shape[1]!))
    for (const [j, across] of axis(column, x.shape[2]!)) sum += down * across * at(x, n, i, j, channel);
  return sum;
}

onEachBackend(`structure (seed ${seed})`, () => {
  it.each(Object.entries(checks))('%s', async (_name, check) => checkLayer(check));

  it.each(
    Object.entries({
      average: [average(), (a: number, b: number, c: number) => (a + b + c) / 3],
      maximum: [maximum(), Math.max],
      minimum: [minimum(), Math.min],
      multiply: [multiply(), (a: number, b: number, c: number) => a * b * c],
    } as const),
  )('%s of three', async (_name, [layer, merge]) => {
    const inputs = [draw([2, 3, 4]), draw([2, 3, 4]), draw([2, 3, 4])] as const;
    const [a, b, c] = inputs;
    const wanted = Array.from(a.values, (value, index) => merge(value, b.values[index]!, c.values[index]!));
    expectNumbers(await run(layer, inputs), { shape: a.shape, values: wanted });
  });

  it('subtract, and multiply by one factor a channel in either order', async () => {
    const [a, b] = [draw([2, 3, 4, 5]), draw([2, 3, 4, 5])];
    const [row, gate] = [draw([2, 5]), draw([2, 1, 1, 5])];
    expectNumbers(
      await run(subtract(), [a, b]),
      fillBy(a.shape, (...place) => at(a, ...place) - at(b, ...place)),
    );
    const wanted = fillBy(a.shape, (n, i, j, c) => at(a, n, i, j, c) * at(row, n, c) * at(gate, n, 0, 0, c));
    expectNumbers(await run(multiply(), [a, row, gate]), wanted);
    expectNumbers(await run(multiply(), [row, a, gate]), wanted);
    expectNumbers(await run(multiply(), [gate, row, a]), wanted);
  });

  it('concatenate, reshape and permute move values', async () => {
    const [a, b] = [draw([2, 3, 1, 4]), draw([2, 3, 5, 4])];
    expectNumbers(
      await run(concatenate({ axis: 2 }), [a, b]),
      fillBy([2, 3, 6, 4], (n, i, j, c) => (j < 1 ? at(a, n, i, j, c) : at(b, n, i, j - 1, c))),
    );
    expectNumbers(await run(concatenate({ axis: -2 }), [a, b]), await run(concatenate({ axis: 2 }), [a, b]));
    expectNumbers(await run(reshape({ targetShape: [4, -1] }), [b]), { shape: [2, 4, 15], values: b.values });
    expectNumbers(
      await run(permute({ dims: [2, 3, 1] }), [b]),
      fillBy([2, 5, 4, 3], (n, j, c, i) => at(b, n, i, j, c)),
    );
  });

  it('cropping and padding take each side by itself', async () => {
    const x = draw([2, 5, 6, 2]);
    expectNumbers(
      await run(cropping2d({ cropping: [1, 2, 3, 0] }), [x]),
      fillBy([2, 2, 3, 2], (n, i, j, c) => at(x, n, i + 1, j + 3, c)),
    );
    expectNumbers(
      await run(cropping2d({ cropping: [2, 1] }), [x]),
      await run(cropping2d({ cropping: [2, 2, 1, 1] }), [x]),
    );
    expectNumbers(await run(cropping2d(), [x]), x);
    const inside = (place: number, size: number): boolean => place >= 0 && place < size;
    const padded = (n: number, i: number, j: number, c: number): number =>
      inside(i, 5) && inside(j, 6) ? at(x, n, i, j, c) : 0;
    expectNumbers(
      await run(zeroPadding2d({ padding: [0, 1, 2, 3] }), [x]),
      fillBy([2, 6, 11, 2], (n, i, j, c) => padded(n, i, j - 2, c)),
    );
    expectNumbers(
      await run(padding2d({ padding: [2, 1], paddingMode: 'replicate' }), [x]),
      fillBy([2, 9, 8, 2], (n, i, j, c) =>
        at(x, n, Math.min(Math.max(i - 2, 0), 4), Math.min(Math.max(j - 1, 0), 5), c),
      ),
    );
  });

  it('upsampling repeats pixels or interpolates, with half-pixel centres', async () => {
    const x = draw([2, 4, 3, 2]);
    expectNumbers(
      await run(upSampling2d({ size: [2, 3] }), [x]),
      fillBy([2, 8, 9, 2], (n, i, j, c) => at(x, n, Math.floor(i / 2), Math.floor(j / 3), c)),
    );
    expectNumbers(
      await run(upSampling2d({ size: [3, 2], interpolation: 'bilinear' }), [x]),
      fillBy([2, 12, 6, 2], (n, i, j, c) => between(x, n, (i + 0.5) / 3 - 0.5, (j + 0.5) / 2 - 0.5, c)),
    );
    expectNumbers(
      await run(resizing({ height: 7, width: 2 }), [x]),
      fillBy([2, 7, 2, 2], (n, i, j, c) => between(x, n, ((i + 0.5) * 4) / 7 - 0.5, ((j + 0.5) * 3) / 2 - 0.5, c)),
    );
    expectNumbers(
      await run(resizing({ height: 2, width: 7, interpolation: 'nearest' }), [x]),
      fillBy([2, 2, 7, 2], (n, i, j, c) => at(x, n, 2 * i + 1, Math.floor(((j + 0.5) * 3) / 7), c)),
    );
  });

  it('rescaling and normalization use one number, or one a channel', async () => {
    const x = draw([2, 3, 4, 2]);
    const byChannel = (change: (value: number, c: number) => number): Numbers =>
      fillBy(x.shape, (n, i, j, c) => change(at(x, n, i, j, c), c));
    expectNumbers(
      await run(rescaling({ scale: 0.25 }), [x]),
      byChannel((value) => value * 0.25),
    );
    expectNumbers(
      await run(rescaling({ scale: [0.25, 3], offset: [1, -1] }), [x]),
      byChannel((value, c) => (c === 0 ? value * 0.25 + 1 : value * 3 - 1)),
    );
    expectNumbers(
      await run(normalization({ mean: [1, 2], variance: [4, 0.25] }), [x]),
      byChannel((value, c) => (c === 0 ? (value - 1) / 2 : (value - 2) / 0.5)),
    );
    expectNumbers(
      await run(normalization({ mean: 3, variance: 9 }), [x]),
      byChannel((value) => (value - 3) / 3),
    );
    expectNumbers(
      await run(normalization({ mean: x.values[0]!, variance: 0 }), [{ shape: [1, 1, 1, 1], values: [x.values[0]!] }]),
      { shape: [1, 1, 1, 1], values: [0] },
    );
  });

  it('gaussianNoise has its deviation, in training alone, and other noise at each step', async () => {
    const x = draw([2, 5000]);
    const layer = gaussianNoise({ standardDeviation: 0.2 });
    expectNumbers(await run(layer, [x]), x);
    expectNumbers(await run(gaussianNoise({ standardDeviation: 0 }), [x], true), x);
    const noise = async (step: number): Promise<number[]> =>
      Array.from((await run(layer, [x], true, step)).values, (value, index) => value - x.values[index]!);
    const [first, again, other] = [await noise(1), await noise(1), await noise(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
    const variance = first.reduce((sum, value) => sum + (value - mean) ** 2, 0) / first.length;
    // Six standard errors.
    expect(Math.abs(mean)).toBeLessThan((6 * 0.2) / Math.sqrt(first.length));
    expect(Math.abs(variance - 0.04)).toBeLessThan(6 * 0.04 * Math.sqrt(2 / first.length));
  });
});
