import { outputSize, samePadding } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { dispose, memory, ops, tensor, use, valueAndGradients } from '@striate/core';
import {
  conv2d,
  dense,
  flatten,
  forward,
  initialize,
  input,
  layersFor,
  locallyConnected2d,
  maxPool2d,
  ones,
  receptiveField,
  sequential,
  summarize,
  type LayerFunction,
  type Model,
} from '@striate/layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { lenet5 } from './lenet5.ts';

// The numbers of the lectures, computed by the layers themselves; where a slide slips, its number and the right one.

beforeAll(async () => {
  await use(cpu());
});

const parameters = (model: Model): number => summarize(model).reduce((sum, row) => sum + row.parameters, 0);
const neurons = (model: Model): number[] => summarize(model).flatMap((row) => (row.neurons ? [row.neurons] : []));
const single = (shape: readonly [number, number, number], layer: LayerFunction): Model =>
  sequential([input(shape), layer]);

describe('LeNet-5', () => {
  test('28, 14, 10, 5, 400 and 61,706 parameters', () => {
    const rows = summarize(lenet5({ inputShape: [32, 32, 1] }));
    expect(rows.slice(1).map(({ outputShapes }) => outputShapes[0])).toEqual([
      [28, 28, 6],
      [14, 14, 6],
      [10, 10, 16],
      [5, 5, 16],
      [400],
      [120],
      [84],
      [10],
    ]);
    const counts = rows.map((row) => row.parameters).filter((count) => count > 0);
    expect(counts).toEqual([156, 2_416, 48_120, 10_164, 850]);
    expect(counts.reduce((sum, count) => sum + count)).toBe(61_706);
  });
});

describe('parameters', () => {
  test('28 of one 3x3x3 filter with its bias', () => {
    expect(parameters(single([32, 32, 3], conv2d({ filters: 1, kernelSize: 3 })))).toBe(28);
  });

  test("AlexNet's first layer: 34,944 shared (the slide's 34,848 leaves the biases out) against 105,705,600", () => {
    const options = { filters: 96, kernelSize: 11, strides: 4 };
    const shared = single([227, 227, 3], conv2d(options));
    expect(shared.outputShapes).toEqual([[55, 55, 96]]);
    expect(parameters(shared)).toBe(34_944);
    expect(parameters(single([227, 227, 3], conv2d({ ...options, useBias: false })))).toBe(34_848);
    const unshared = single([227, 227, 3], locallyConnected2d(options));
    expect(neurons(unshared)).toEqual([290_400]);
    expect(parameters(unshared)).toBe(290_400 * 364);
    expect(parameters(unshared)).toBe(105_705_600);
    expect(parameters(unshared) / parameters(shared)).toBe(3_025);
  });

  test('750,000 weights of one neuron on a picture of 500x500x3', () => {
    const model = sequential([input([500, 500, 3]), flatten(), dense({ units: 1, useBias: false })]);
    expect(parameters(model)).toBe(750_000);
  });
});

describe('sizes', () => {
  const pairs = Array.from({ length: 40 }, (_, place) => ({
    size: 3 + place,
    kernel: 1 + (place % 3),
    stride: 1 + (place % 4),
  }));

  test.each(pairs)(
    'convolution and pooling of $size with $kernel, stride $stride, as both decks say',
    ({ size, kernel, stride }) => {
      const valid = conv2d({ filters: 1, kernelSize: kernel, strides: stride });
      const same = conv2d({ filters: 1, kernelSize: kernel, strides: stride, padding: 'same' });
      const sizeOf = (layer: LayerFunction): number => single([size, size, 1], layer).outputShapes[0]![0]!;
      expect(sizeOf(valid)).toBe(Math.ceil((size - kernel + 1) / stride));
      expect(sizeOf(same)).toBe(Math.ceil(size / stride));
      for (const [padding, dilation] of [
        [0, 1],
        [1, 2],
        [2, 1],
      ] as const) {
        if (size + 2 * padding < dilation * (kernel - 1) + 1) continue;
        const wanted = Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1);
        expect(sizeOf(conv2d({ filters: 1, kernelSize: kernel, strides: stride, padding, dilation }))).toBe(wanted);
        expect(outputSize({ input: size, kernel, stride, padding: 2 * padding, dilation })).toBe(wanted);
      }
      expect(sizeOf(maxPool2d({ poolSize: stride, strides: stride }))).toBe(Math.floor(size / stride));
      const [before, after] = samePadding({ input: size, kernel, stride });
      expect(outputSize({ input: size, kernel, stride, padding: before + after })).toBe(Math.ceil(size / stride));
    },
  );

  test('a 6x6 image and a 3x3 filter give 4x4; 2x2, as the slide has it, is right at stride 3', () => {
    expect(single([6, 6, 1], conv2d({ filters: 1, kernelSize: 3 })).outputShapes).toEqual([[4, 4, 1]]);
    expect(single([6, 6, 1], conv2d({ filters: 1, kernelSize: 3, strides: 3 })).outputShapes).toEqual([[2, 2, 1]]);
  });

  test("'dilation 1' under the picture of a dilated kernel is what frameworks count as 2", () => {
    const reach = (dilation: number): number =>
      receptiveField(single([9, 9, 1], conv2d({ filters: 1, kernelSize: 3, dilation }))).size[0]!;
    expect([reach(1), reach(2)]).toEqual([3, 5]);
  });
});

describe("AlexNet's neurons", () => {
  test('659,272: the about 650,000 of the paper, whose own list has 253,440 for 290,400 in the first layer', () => {
    const convolution = (filters: number, kernelSize: number, strides: number, padding: number, groups: number) =>
      conv2d({ filters, kernelSize, strides, padding, groups, activation: 'relu' });
    const pool = (): LayerFunction => maxPool2d({ poolSize: 3, strides: 2 });
    const twoTowers = sequential([
      input([227, 227, 3]),
      convolution(96, 11, 4, 0, 1),
      pool(),
      convolution(256, 5, 1, 2, 2),
      pool(),
      convolution(384, 3, 1, 1, 1),
      convolution(384, 3, 1, 1, 2),
      convolution(256, 3, 1, 1, 2),
      pool(),
      flatten(),
      dense({ units: 4096, activation: 'relu' }),
      dense({ units: 4096, activation: 'relu' }),
      dense({ units: 1000 }),
    ]);
    expect(neurons(twoTowers)).toEqual([290_400, 186_624, 64_896, 64_896, 43_264, 4096, 4096, 1000]);
    expect(neurons(twoTowers).reduce((sum, count) => sum + count)).toBe(659_272);
    const paper = [253_440, 186_624, 64_896, 64_896, 43_264, 4096, 4096, 1000];
    expect(paper.reduce((sum, count) => sum + count)).toBe(622_312);
    expect(parameters(twoTowers)).toBe(60_965_224);
  });
});

describe('receptive fields', () => {
  const sizes = (strides: number, layers: number): number[] =>
    Array.from({ length: layers }, (_, place) => {
      const chain = Array.from({ length: place + 1 }, () => conv2d({ filters: 1, kernelSize: 3, strides }));
      return receptiveField(sequential([input([729, 729, 1]), ...chain])).size[0]!;
    });

  test("3, 5, 7 at stride 1; the slide's 9, 81, 729 = 3^(2k) are two layers a step at stride 3", () => {
    expect(sizes(1, 3)).toEqual([3, 5, 7]);
    expect(sizes(3, 6)).toEqual([3, 9, 27, 81, 243, 729]);
    expect(sizes(3, 6).filter((_, place) => place % 2 === 1)).toEqual([9, 81, 729]);
  });

  test('a face of 288 pixels: 6 layers at stride 3, 144 at stride 1', () => {
    expect(layersFor({ receptiveField: 288, kernelSize: 3, strides: 3 }).layers).toBe(6);
    expect(layersFor({ receptiveField: 288, kernelSize: 3 }).layers).toBe(144);
  });
});

describe('vanishing gradients', () => {
  test('four layers of one sigmoid each: at most 0.25^4 = 0.0039', async () => {
    const before = memory().numTensors;
    const sigmoids = Array.from({ length: 4 }, () =>
      dense({ units: 1, activation: 'sigmoid', kernelInitializer: ones() }),
    );
    const network = initialize(sequential([input([1]), ...sigmoids]), { seed: 1 });
    // A bias of minus each layer's input brings every sigmoid to its steepest place, 0.
    const shift = tensor([-0.5]);
    const shifted = Object.fromEntries(
      Object.entries(network.parameters).map(([name, value]) => [
        name,
        name.endsWith('bias') && name !== 'dense/bias' ? ops.add(value, shift) : ops.add(value, 0),
      ]),
    );
    const x = tensor([[0]]);
    const { loss, auxiliary, gradients } = valueAndGradients(
      (values) => {
        const { outputs } = forward(network.model, { ...network, parameters: shifted, inputs: [values['x']!] });
        return { loss: ops.reshape(outputs[0]!, []) };
      },
      { x },
    );
    expect((await gradients['x']!.data())[0]).toBeCloseTo(0.25 ** 4, 7);
    expect(0.25 ** 4).toBeCloseTo(0.0039, 4);
    dispose(shift, x, loss, auxiliary, gradients, shifted, network.parameters, network.state);
    expect(memory().numTensors).toBe(before);
  });
});
