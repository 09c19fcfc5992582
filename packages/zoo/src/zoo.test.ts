import { wasm } from '@striate/backend-wasm';
import { dispose, fill, memory, randomNormal, sizeOf, streams, tensor, use, type Backend } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { forward, initialize, modelFromJson, modelToJson, summarize, type Model } from '@striate/layers';
import { describe, expect, it } from 'vitest';
import { createModel, lenet5, mlp, models, resnet20, resnetCifar } from './index.ts';
import { onEachBackend, runOn } from '@striate/layers/testing';

const total = (model: Model, key: 'parameters' | 'statistics' | 'multiplyAdds'): number =>
  summarize(model).reduce((sum, row) => sum + row[key]!, 0);

runOn([cpu(), wasm({ threads: 2 })]);
onEachBackend('models', () => {
  it.each(Object.entries(models))(
    '%s has as many parameters as it says, and computes logits',
    async (name, { create, parameters }) => {
      const model = create();
      expect(total(model, 'parameters')).toBe(parameters);
      const loaded = modelFromJson(JSON.parse(JSON.stringify(modelToJson(model))));
      expect(modelToJson(loaded)).toEqual(modelToJson(model));

      const before = memory().numTensors;
      const network = initialize(model, { seed: 3 });
      const images = fill([2, ...(model.inputShapes[0] as number[])], 0.5);
      const { outputs } = forward(loaded, { ...network, inputs: [images] });
      expect(outputs[0]!.shape).toEqual([2, 10]);
      const logits = Array.from(await outputs[0]!.data());
      expect(logits.every(Number.isFinite), name).toBe(true);
      expect(new Set(logits).size).toBe(10);
      expect(
        logits.some((logit) => logit < 0),
        'logits, not probabilities',
      ).toBe(true);
      dispose(network.parameters, network.state, images, outputs);
      expect(memory().numTensors).toBe(before);
    },
  );

  it('can be made by name, for other classes', () => {
    expect(createModel('mnist-cnn', { classes: 26 }).outputShapes).toEqual([[26]]);
    expect(() => createModel('lenet')).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: createModel: there is no model "lenet". Did you mean 'lenet5'? Known: lenet5, mnist-cnn, mlp, resnet20.]`,
    );
    expect(() => createModel('toString')).toThrow(/there is no model/);
  });
});

describe('logits in evaluation and training', () => {
  const images = randomNormal({ seed: 8, stream: streams.noise, call: 0, step: 0 }, 3 * 32 * 32 * 3);
  async function logits(backend: Backend, model: Model): Promise<number[]> {
    await use(backend);
    const network = initialize(model, { seed: 3 });
    const shape = [3, ...(model.inputShapes[0] as number[])];
    const inputs = [tensor(images.slice(0, sizeOf(shape)), shape)];
    const passes = [false, true].map((training) => forward(model, { ...network, inputs, training }).outputs[0]!);
    return (await Promise.all(passes.map((pass) => pass.data()))).flatMap((values) => Array.from(values));
  }
  it.each(Object.keys(models))('%s: those of wasm are those of the references', async (name) => {
    const wanted = await logits(cpu(), createModel(name));
    const found = await logits(wasm({ threads: 2 }), createModel(name));
    const worst = Math.max(...wanted.map((value, index) => Math.abs(value - found[index]!)));
    expect(worst).toBeLessThan(1e-4 * Math.max(...wanted.map(Math.abs)));
  });
});

describe('lenet5', () => {
  it('has the sizes of the lectures: 28, 14, 10, 5, 400', () => {
    const shapes = summarize(lenet5({ inputShape: [32, 32, 1] })).map((row) => row.outputShapes[0]!);
    expect(shapes).toEqual([[32, 32, 1], [28, 28, 6], [14, 14, 6], [10, 10, 16], [5, 5, 16], [400], [120], [84], [10]]);
    expect(
      lenet5()
        .nodes.map((node) => node.outputShapes[0])
        .slice(1),
    ).toEqual(shapes.slice(1));
    expect(total(lenet5({ inputShape: [32, 32, 1] }), 'parameters')).toBe(61_706);
  });
  it('can be had with tanh and average pooling', () => {
    const types = lenet5({ activation: 'tanh', pooling: 'average' }).nodes.map(
      ({ layer }) => `${layer.type} ${layer.options['activation']}`,
    );
    expect(types).toEqual([
      'input undefined',
      'conv2d tanh',
      'averagePool2d undefined',
      'conv2d tanh',
      'averagePool2d undefined',
      'flatten undefined',
      'dense tanh',
      'dense tanh',
      'dense linear',
    ]);
  });
  it('refuses other images and poolings', () => {
    expect(() => lenet5({ pooling: 'mean' as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: lenet5: pooling is "mean". Did you mean 'max'? Known: max, average.]`,
    );
    expect(() => lenet5({ inputShape: [30, 30, 1] })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: lenet5: inputShape is [30, 30, 1], but images must be 28x28 or 32x32.]`,
    );
  });
});

describe('mlp', () => {
  it('has the hidden layers that are asked for', () => {
    expect(mlp({ hidden: [300, 100] }).nodes.flatMap((node) => node.outputShapes)).toEqual([
      [28, 28, 1],
      [784],
      [300],
      [100],
      [10],
    ]);
    expect(mlp({ hidden: [] }).outputShapes).toEqual([[10]]);
    expect(() => mlp({ hidden: 128 as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: mlp: hidden is 128, but must be a list of sizes, such as [256, 128].]`,
    );
  });
});

describe('resnetCifar', () => {
  // The paper's table 6 says 0.27M, 0.46M, 0.66M, 0.85M and 1.7M without projections.
  it.each([
    [20, 269_722],
    [32, 464_154],
    [44, 658_586],
    [56, 853_018],
    [110, 1_727_962],
  ])('of depth %i has the parameters of the paper, and those of two projections', (depth, plain) => {
    expect(total(resnetCifar({ depth, shortcut: 'none' }), 'parameters')).toBe(plain);
    // 1x1 kernels 16x32 and 32x64, and gamma and beta of their batch norms.
    expect(total(resnetCifar({ depth }), 'parameters')).toBe(plain + 16 * 32 + 32 * 64 + 2 * (32 + 64));
  });
  it('has about 41 million multiply-adds at depth 20', () => {
    expect(total(resnet20({ classes: 10 }), 'multiplyAdds') / 1e6).toBeCloseTo(40.8, 1);
    expect(resnet20({ classes: 100 }).outputShapes).toEqual([[100]]);
  });
  it('runs with each batch norm, addition and relu as one step', () => {
    const { steps } = resnet20();
    expect(steps.filter(({ layer }) => layer.type === 'add' || layer.type === 'activation')).toEqual([]);
    expect(steps.filter(({ inputs }) => inputs.length === 2)).toHaveLength(9);
  });
  it('refuses a depth that is not 6n + 2', () => {
    expect(() => resnetCifar({ depth: 18 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: resnetCifar: depth is 18, but must be 6n + 2: 8, 14, 20, 32, 44, 56, 110, ...]`,
    );
    expect(() => resnetCifar({ shortcut: 'padding' as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: resnetCifar: shortcut is "padding". Known: projection, none.]`,
    );
  });
});
