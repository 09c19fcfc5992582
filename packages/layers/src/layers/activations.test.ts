import { dispose, fill, ops, tensor, type Tensor } from '@striate/core';
import { describe, expect, it } from 'vitest';
import { activationNames, type Activation } from '../activations.ts';
import type { LayerFunction } from '../layer-function.ts';
import { forward } from '../model/forward.ts';
import { initialize } from '../model/initialize.ts';
import { model } from '../model/model.ts';
import { modelToJson } from '../model/saving.ts';
import { checkLayer, type LayerCheck } from '../testing/check-layer.ts';
import { chance, compareValues } from '../testing/compare-values.ts';
import { at, fillBy } from '../testing/naive-convolution.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';
import { activation } from './activation.ts';
import { add } from './add.ts';
import { batchNorm } from './batch-norm.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { input } from './input.ts';
import { maxout } from './maxout.ts';
import { prelu } from './prelu.ts';

const records: Activation[] = [
  ...activationNames,
  { type: 'relu', maxValue: 1, negativeSlope: 0.2, threshold: 0.3 },
  { type: 'leakyRelu', negativeSlope: 0.05 },
  { type: 'elu', alpha: 0.4 },
  { type: 'gelu', approximate: 'tanh' },
  { type: 'hardTanh', minimum: -0.6, maximum: 1.3 },
];
const layersWith = (kind: Activation): Record<string, LayerCheck> => ({
  activation: {
    layer: activation({ activation: kind }),
    inputShapes: [[2, 5]],
    outputShape: [2, 5],
    parameterCount: 0,
  },
  dense: {
    layer: dense({ units: 3, activation: kind }),
    inputShapes: [[4]],
    outputShape: [3],
    parameterCount: 15,
  },
});

const drawn = chance();
const { seed } = drawn;

/** What a layer gives for a row of numbers. */
async function run(layer: LayerFunction, row: readonly number[], fuse = true): Promise<number[]> {
  const x = input([row.length]);
  const network = initialize(model({ inputs: x, outputs: layer(x) }), { seed: 1 });
  const images = tensor([...row], [1, row.length]);
  const { outputs } = forward(network.model, { ...network, inputs: [images], fuse });
  const values = Array.from(await outputs[0]!.data());
  dispose(images, outputs, network.parameters, network.state);
  return values;
}

onEachBackend(`activations (seed ${seed})`, () => {
  it.each(
    records.flatMap((kind) =>
      Object.entries(layersWith(kind)).map(([name, check]) => [`${name} ${JSON.stringify(kind)}`, check] as const),
    ),
  )('%s', async (_name, check) => checkLayer(check));

  it.each(
    Object.entries({
      conv2d: {
        layer: conv2d({ filters: 2, kernelSize: 2, activation: { type: 'gelu', approximate: 'tanh' } }),
        outputShape: [3, 4, 2],
        parameterCount: 26,
      },
      batchNorm: {
        layer: batchNorm({ activation: 'silu' }),
        outputShape: [4, 5, 3],
        parameterCount: 6,
        sameInTraining: false,
      },
      prelu: { layer: prelu(), outputShape: [4, 5, 3], parameterCount: 3 },
      'prelu, a slope for each value': {
        layer: prelu({ sharedAxes: [] }),
        outputShape: [4, 5, 3],
        parameterCount: 60,
      },
      'prelu, one slope': {
        layer: prelu({ sharedAxes: [1, 2, 3], alphaInitializer: { type: 'constant', value: 0.25 } }),
        outputShape: [4, 5, 3],
        parameterCount: 1,
      },
      maxout: {
        layer: maxout({ units: 2, pieces: 3 }),
        inputShapes: [[2, 3]],
        outputShape: [2, 2],
        parameterCount: 24,
      },
      'maxout without bias': {
        layer: maxout({ units: 1, pieces: 2, useBias: false }),
        inputShapes: [[3]],
        outputShape: [1],
        parameterCount: 6,
      },
      'maxout of channels': { layer: maxout({ pieces: 3 }), outputShape: [4, 5, 1], parameterCount: 0 },
    }),
  )('%s', async (_name, check) => checkLayer({ inputShapes: [[4, 5, 3]], ...check }));

  it('prelu multiplies what is negative by its slope', async () => {
    await compareValues(prelu(), [3, 4, 2], drawn, ({ x, alpha }) =>
      fillBy(x!.shape, (n, i, j, c) => {
        const value = at(x!, n, i, j, c);
        return value > 0 ? value : at(alpha!, 0, 0, c) * value;
      }),
    );
    await compareValues(prelu({ sharedAxes: [2] }), [3, 4, 2], drawn, ({ x, alpha }) =>
      fillBy(x!.shape, (n, i, j, c) => {
        const value = at(x!, n, i, j, c);
        return value > 0 ? value : at(alpha!, i, 0, c) * value;
      }),
    );
    const start = { type: 'constant', value: 0.25 };
    expect(await run(prelu({ alphaInitializer: start }), [-2, 0, 2])).toEqual([-0.5, 0, 2]);
    expect(await run(prelu(), [-2, 0, 2])).toEqual([-0, 0, 2].map((value) => expect.closeTo(value)));
  });

  it('maxout is the largest of its pieces', async () => {
    await compareValues(maxout({ units: 4, pieces: 3 }), [3, 5], drawn, ({ x, kernel, bias }) =>
      fillBy([2, 3, 4], (n, i, unit) => {
        const pieces = [0, 1, 2].map((piece) => {
          const column = unit * 3 + piece;
          return [0, 1, 2, 3, 4].reduce((sum, c) => sum + at(x!, n, i, c) * at(kernel!, c, column), at(bias!, column));
        });
        return Math.max(...pieces);
      }),
    );
    await compareValues(maxout({ pieces: 2 }), [2, 3, 6], drawn, ({ x }) =>
      fillBy([2, 2, 3, 3], (n, i, j, c) => Math.max(at(x!, n, i, j, 2 * c), at(x!, n, i, j, 2 * c + 1))),
    );
  });

  it('a bare function works wherever a name does', async () => {
    const halved = (x: Tensor): Tensor => ops.rescale(x, { scale: [0.5] });
    const itself = (x: Tensor): Tensor => x;
    expect(await run(activation({ activation: halved }), [1, -3])).toEqual([0.5, -1.5]);
    expect(await run(activation({ activation: itself }), [1, -3])).toEqual([1, -3]);
    const plain = dense({ units: 3 });
    const linear = await run(plain, [1, 2]);
    expect(await run(dense({ units: 3, activation: halved, name: 'dense' }), [1, 2])).toEqual(
      linear.map((value) => value / 2),
    );
    expect(await run(dense({ units: 3, activation: itself, name: 'dense' }), [1, 2])).toEqual(linear);
  });

  it('a record of relu is fused like its name', async () => {
    const x = input([4, 4, 2]);
    const fused = (kind: Activation): unknown[] => {
      const y = activation({ activation: kind })(add()([batchNorm()(conv2d({ filters: 2, kernelSize: 1 })(x)), x]));
      return model({ inputs: x, outputs: y }).steps.map(({ layer }) => [layer.type, layer.options['activation']]);
    };
    expect(fused({ type: 'relu' })).toEqual(fused('relu'));
    expect(fused('relu')).toHaveLength(3);
    expect(fused({ type: 'relu', maxValue: 6 })).toHaveLength(4);
  });
});

describe('what cannot be', () => {
  it('is refused when the layer is made', () => {
    expect(() => activation({ activation: 'geluu' as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: activation: activation is "geluu", which is no known activation. Did you mean 'gelu'? Known: linear, relu, relu6, leakyRelu, elu, selu, gelu, silu, mish, softplus, softsign, sigmoid, tanh, hardSigmoid, hardSilu, hardTanh, softmax, logSoftmax. A function (x) => tensor works too.]`,
    );
    expect(() =>
      conv2d({ filters: 1, kernelSize: 1, activation: { type: 'leakyRelu', slope: 1 } as never }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d: activation: there is no option 'slope'. Known: negativeSlope.]`,
    );
    expect(() => batchNorm({ activation: { type: 'elu', alpha: -1 } })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: batchNorm: activation: alpha is -1, but must be finite and at least 0.]`,
    );
    expect(() => prelu({ sharedAxes: [0] })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: prelu: sharedAxes is [0], but must be 'allButLast' or a list of whole numbers of at least 1.]`,
    );
    expect(() => maxout({ pieces: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: maxout: pieces is 0, but must be a whole number of at least 1.]`,
    );
    expect(() => maxout({ pieces: 2, units: 1.5 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: maxout: units is 1.5, but must be a whole number of at least 1.]`,
    );
  });
  it('is refused when the model is made', () => {
    const build = (layer: LayerFunction, shape: (number | null)[]) => (): unknown => {
      const x = input(shape);
      return model({ inputs: x, outputs: layer(x) });
    };
    expect(build(prelu({ sharedAxes: [4] }), [4, 4, 2])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'prelu', which is given [4, 4, 2]: prelu: sharedAxes holds 4, but x is [4, 4, 2].]`,
    );
    expect(build(prelu({ sharedAxes: [2] }), [null, 4, 2])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'prelu', which is given [?, 4, 2]: prelu: x is [?, 4, 2], but the size of axis 1 must be known, unless it is among sharedAxes.]`,
    );
    expect(build(maxout({ pieces: 3 }), [4, 4, 8])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'maxout', which is given [4, 4, 8]: maxout: x is [4, 4, 8], but 8 channels cannot be cut into groups of 3 pieces.]`,
    );
  });
  it('is refused when the model is saved', () => {
    const x = input([4]);
    const bare = dense({ units: 2, activation: (y) => ops.rescale(y, { scale: [2] }), name: 'head' });
    expect(() => modelToJson(model({ inputs: x, outputs: bare(x) }))).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: modelToJson: activation of layer 'head' is a function, which cannot be saved. Use a record, such as heNormal(), or define a kind of your own: defineInitializer, definePenalty, defineConstraint, defineActivation.]`,
    );
  });
  it('is refused when a function gives no tensor', () => {
    const start = input([4]);
    const wrong = dense({ units: 2, activation: Math.max as never });
    const { model: made, ...values } = initialize(model({ inputs: start, outputs: wrong(start) }), { seed: 1 });
    expect(() => forward(made, { ...values, inputs: [fill([1, 4], 1)] })).toThrow(
      'activation: what the function gave is NaN, but must be a tensor.',
    );
  });
});
