import { dispose, tensor, type Tensor } from '@striate/core';
import { describe, expect, it } from 'vitest';
import type { LayerFunction } from '../layer-function.ts';
import { forward } from '../model/forward.ts';
import { initialize } from '../model/initialize.ts';
import { model } from '../model/model.ts';
import { checkLayer, type LayerCheck } from '../testing/check-layer.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';
import { adaptiveAveragePool2d } from './adaptive-average-pool2d.ts';
import { adaptiveMaxPool2d } from './adaptive-max-pool2d.ts';
import { averagePool2d } from './average-pool2d.ts';
import { globalAveragePool2d } from './global-average-pool2d.ts';
import { globalMaxPool2d } from './global-max-pool2d.ts';
import { input } from './input.ts';
import { maxPool2d } from './max-pool2d.ts';
import { stochasticPool2d } from './stochastic-pool2d.ts';

const image = { inputShapes: [[5, 6, 4]], parameterCount: 0 };
const checks: Record<string, LayerCheck> = {
  'maxPool2d in ceilMode': { ...image, layer: maxPool2d({ ceilMode: true }), outputShape: [3, 3, 4] },
  'averagePool2d in ceilMode': {
    ...image,
    layer: averagePool2d({ poolSize: 3, strides: 2, padding: [0, 1], ceilMode: true, countPadding: true }),
    outputShape: [2, 4, 4],
  },
  'averagePool2d with a divisor': { ...image, layer: averagePool2d({ divisor: 3 }), outputShape: [2, 3, 4] },
  globalMaxPool2d: { ...image, layer: globalMaxPool2d(), outputShape: [4] },
  'globalMaxPool2d that keeps its axes': {
    ...image,
    layer: globalMaxPool2d({ keepDims: true }),
    outputShape: [1, 1, 4],
  },
  'globalAveragePool2d that keeps its axes': {
    ...image,
    layer: globalAveragePool2d({ keepDims: true }),
    outputShape: [1, 1, 4],
  },
  adaptiveAveragePool2d: { ...image, layer: adaptiveAveragePool2d({ outputSize: [3, 4] }), outputShape: [3, 4, 4] },
  adaptiveMaxPool2d: { ...image, layer: adaptiveMaxPool2d({ outputSize: 2 }), outputShape: [2, 2, 4] },
  stochasticPool2d: {
    ...image,
    layer: stochasticPool2d({ strides: 1 }),
    outputShape: [4, 5, 4],
    sameInTraining: false,
  },
};

async function valuesOf(layer: LayerFunction, x: Tensor, training = false): Promise<number[]> {
  const entry = input(x.shape.slice(1));
  const network = initialize(model({ inputs: entry, outputs: layer(entry) }), { seed: 1 });
  const random = { seed: 1, step: 2, sampleOffset: 0 };
  const { outputs } = forward(network.model, { ...network, inputs: [x], training, ...(training && { random }) });
  const values = Array.from(await outputs[0]!.data());
  dispose(outputs);
  return values;
}
/** 1 to n as an image with one channel. */
const counting = (height: number, width: number): Tensor =>
  tensor(
    Float32Array.from({ length: height * width }, (_, place) => place + 1),
    [1, height, width, 1],
  );

onEachBackend('pooling', () => {
  it.each(Object.entries(checks))('%s', async (_name, check) => checkLayer(check));

  // Values of torch.nn.functional.avg_pool2d(torch.arange(1., 6).reshape(1, 1, 1, 5), (1, 3), 2, (0, 1), ceil_mode, count_include_pad).
  it("averagePool2d divides as PyTorch's and Keras' do", async () => {
    const row = counting(1, 6);
    const window = { poolSize: [1, 3], strides: [1, 2], padding: [0, 1] } as const;
    expect(await valuesOf(averagePool2d(window), row)).toEqual([1.5, 3, 5]);
    expect(await valuesOf(averagePool2d({ ...window, countPadding: true }), row)).toEqual([1, 3, 5]);
    const ceil = { ...window, ceilMode: true };
    expect(await valuesOf(averagePool2d(ceil), row)).toEqual([1.5, 3, 5, 6]);
    // The last window has 6, one zero of padding, and one pixel that is neither.
    expect(await valuesOf(averagePool2d({ ...ceil, countPadding: true }), row)).toEqual([1, 3, 5, 3]);
    expect(await valuesOf(averagePool2d({ ...ceil, divisor: 2 }), row)).toEqual([1.5, 4.5, 7.5, 3]);
  });

  it('ceilMode pools what would be left over', async () => {
    const x = counting(3, 3);
    expect(await valuesOf(maxPool2d(), x)).toEqual([5]);
    expect(await valuesOf(maxPool2d({ ceilMode: true }), x)).toEqual([5, 6, 8, 9]);
    expect(await valuesOf(averagePool2d({ ceilMode: true }), x)).toEqual([3, 4.5, 7.5, 9]);
  });

  it('adaptive pooling overlaps where the sizes do not divide', async () => {
    const x = counting(1, 5);
    expect(await valuesOf(adaptiveAveragePool2d({ outputSize: [1, 3] }), x)).toEqual([1.5, 3, 4.5]);
    expect(await valuesOf(adaptiveMaxPool2d({ outputSize: [1, 3] }), x)).toEqual([2, 4, 5]);
    expect(await valuesOf(globalMaxPool2d(), x)).toEqual([5]);
  });

  it('stochastic pooling draws in training and weights otherwise', async () => {
    const x = tensor([0, -3, 1, 3], [1, 2, 2, 1]);
    expect((await valuesOf(stochasticPool2d(), x))[0]).toBeCloseTo(2.5, 6);
    expect([1, 3]).toContain((await valuesOf(stochasticPool2d(), x, true))[0]);
    expect(await valuesOf(stochasticPool2d(), tensor([0, -3, -1, 0], [1, 2, 2, 1]))).toEqual([0]);
  });
});

describe('pooling options', () => {
  it('are complete', () => {
    expect(stochasticPool2d({ poolSize: 3 }).options).toEqual({
      poolSize: 3,
      strides: 3,
      padding: 'valid',
      ceilMode: false,
    });
    expect(globalMaxPool2d().options).toEqual({ keepDims: false });
  });
  it('that cannot be are refused', () => {
    expect(() => maxPool2d({ ceilMode: 1 as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: maxPool2d: ceilMode is 1, but must be true or false.]`,
    );
    expect(() => averagePool2d({ divisor: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: averagePool2d: divisor is 0, but must be a whole number of at least 1.]`,
    );
    expect(() => adaptiveMaxPool2d({ outputSize: [3, 0] })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: adaptiveMaxPool2d: outputSize is [3,0], but must be a whole number of at least 1.]`,
    );
    expect(() => adaptiveAveragePool2d({} as never)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: adaptiveAveragePool2d: the option outputSize is missing. Write adaptiveAveragePool2d({ outputSize: 7 }).]`,
    );
    expect(() => globalMaxPool2d({ keepDim: true } as never)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: globalMaxPool2d: there is no option 'keepDim'. Did you mean 'keepDims'? Known: keepDims, dataFormat, name, trainable.]`,
    );
    expect(() => stochasticPool2d({ padding: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: stochasticPool2d: padding is 2 and poolSize 2, so that a window could hold nothing but padding. Make padding smaller than poolSize.]`,
    );
  });
});
