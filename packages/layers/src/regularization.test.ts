// Penalties and constraints as options of layers, and chosen for a whole model.
import { dispose, memory, ops, tensor, valueAndGradients, type Regularizer, type Tensor } from '@striate/core';
import { l1, l1l2, l2, maxNorm, nonNegative, penalty, unitNorm } from '@striate/regularizers';
import { describe, expect, it } from 'vitest';
import type { LayerFunction } from './layer-function.ts';
import { activation } from './layers/activation.ts';
import { batchNorm } from './layers/batch-norm.ts';
import { conv2d } from './layers/conv2d.ts';
import { dense } from './layers/dense.ts';
import { dropConnect } from './layers/drop-connect.ts';
import { flatten } from './layers/flatten.ts';
import { input } from './layers/input.ts';
import { maxPool2d } from './layers/max-pool2d.ts';
import { forward } from './model/forward.ts';
import { freeze } from './model/freeze.ts';
import { initialize, type Network } from './model/initialize.ts';
import { model } from './model/model.ts';
import type { Model } from './model/model-graph.ts';
import { parameterSpecs } from './model/parameter-specs.ts';
import { regularize } from './model/regularize.ts';
import { modelFromJson, modelToJson } from './model/saving.ts';
import { sequential } from './model/sequential.ts';
import { onEachBackend } from './testing/on-each-backend.ts';

const pixels = Float32Array.from({ length: 2 * 4 * 4 * 3 }, (_, place) => Math.sin(place * 1.3));
const read = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The sum of the losses of a pass, and the first output. */
async function lossAndOutput(
  { model: graph, parameters, state }: Network,
  training: boolean,
  fuse: boolean = true,
): Promise<{ loss: number; output: number[] }> {
  const [, ...shape] = [0, ...(graph.inputShapes[0] as number[])];
  const inputs = [tensor(pixels.slice(0, 2 * shape.reduce((size, side) => size * side, 1)), [2, ...shape])];
  const before = memory().numTensors;
  const { outputs, losses } = forward(graph, { parameters, state, inputs, training, fuse });
  expect(memory().numTensors - before).toBe(outputs.length + losses.length);
  const numbers = await Promise.all(losses.map(read));
  const output = await read(outputs[0]!);
  dispose(inputs, outputs, losses);
  return { loss: sum(numbers.flat()), output };
}

const layers: [string, (options: object) => LayerFunction, number[]][] = [
  [
    'conv2d',
    (options) => conv2d({ filters: 2, kernelSize: 3, biasInitializer: { type: 'ones' }, ...options }),
    [4, 4, 3],
  ],
  ['dense', (options) => dense({ units: 4, biasInitializer: { type: 'ones' }, ...options }), [12]],
  ['dense over the last axis', (options) => dense({ units: 4, biasInitializer: { type: 'ones' }, ...options }), [4, 3]],
];

onEachBackend('regularised layers', () => {
  describe.each(layers)('%s', (_, make, shape) => {
    const network = (options: object): Network => initialize(sequential([input(shape), make(options)]), { seed: 3 });
    const valuesOf = async ({ parameters }: Network, name: string): Promise<number[]> =>
      read(Object.entries(parameters).find(([path]) => path.endsWith(`/${name}`))![1]);

    it.each(['kernel', 'bias'])('%sRegularizer', async (name) => {
      const made = network({ [`${name}Regularizer`]: l1l2({ l1: 0.3, l2: 0.2 }) });
      const values = await valuesOf(made, name);
      const expected = sum(values.map((value) => 0.3 * Math.abs(value) + 0.2 * value ** 2));
      expect((await lossAndOutput(made, true)).loss).toBeCloseTo(expected, 5);
      expect((await lossAndOutput(made, false)).loss).toBe(0);
    });

    it('activityRegularizer, divided by the number of samples', async () => {
      const { loss, output } = await lossAndOutput(network({ activityRegularizer: l2(0.2), activation: 'relu' }), true);
      expect(loss).toBeCloseTo((0.2 * sum(output.map((value) => value ** 2))) / 2, 4);
    });

    it('constraints are in the specifications', () => {
      const axis = make({}).type === 'conv2d' ? [0, 1, 2] : 0;
      const { model: made } = network({ kernelConstraint: maxNorm({ axis }), biasConstraint: nonNegative() });
      const found = Object.values(parameterSpecs(made)).map(({ constraint }) => (constraint as { type: string }).type);
      expect(found).toEqual(['maxNorm', 'nonNegative']);
    });

    it('is saved with them', async () => {
      const options = {
        kernelRegularizer: l1(0.3),
        biasRegularizer: l2(0.1),
        activityRegularizer: l2(0.5),
        biasConstraint: unitNorm(),
      };
      const made = network(options);
      const loaded = modelFromJson(JSON.parse(JSON.stringify(modelToJson(made.model))));
      expect((await lossAndOutput({ ...made, model: loaded }, true)).loss).toBe((await lossAndOutput(made, true)).loss);
      expect(parameterSpecs(loaded)).toEqual(parameterSpecs(made.model));
    });
  });

  it('a shared layer is penalised once, its activities in every call', async () => {
    const x = input([3]);
    const shared = dense({ units: 3, useBias: false, kernelRegularizer: l2(1), kernelInitializer: { type: 'ones' } });
    const network = initialize(model({ inputs: x, outputs: shared(shared(x)) }), { seed: 1 });
    expect((await lossAndOutput(network, true)).loss).toBeCloseTo(9, 5);
    const active = dense({ units: 3, useBias: false, activityRegularizer: (y) => ops.penalty(y, { l1: 0, l2: 0 }) });
    const { losses } = forward(model({ inputs: x, outputs: active(active(x)) }), {
      ...initialize(model({ inputs: x, outputs: active(active(x)) }), { seed: 1 }),
      inputs: [tensor([1, 2, 3], [1, 3])],
      training: true,
    });
    expect(losses.length).toBe(2);
  });

  it('frozen parameters are not penalised', async () => {
    const penalised = dense({ units: 3, kernelRegularizer: l2(1) });
    const frozen = freeze(sequential([input([3]), penalised]), () => true);
    expect((await lossAndOutput(initialize(frozen, { seed: 1 }), true)).loss).toBe(0);
  });

  it.each([
    ['a relu after it', [activation({ activation: 'relu' })]],
    ['max pooling after its relu', [maxPool2d({ poolSize: 2 })]],
  ] as const)('fusing leaves activity penalties alone: %s', async (name, rest) => {
    const first = conv2d({
      filters: 2,
      kernelSize: 1,
      activation: name.startsWith('max') ? 'relu' : 'linear',
      activityRegularizer: l2(1),
    });
    const network = initialize(sequential([input([4, 4, 3]), first, ...rest]), { seed: 2 });
    expect(await lossAndOutput(network, true, true)).toEqual(await lossAndOutput(network, true, false));
  });

  it('penalties reach the gradients', async () => {
    const network = initialize(
      sequential([input([2]), dense({ units: 1, useBias: false, kernelRegularizer: l2(0.5) })]),
      { seed: 1 },
    );
    const kernel = await read(network.parameters['dense/kernel']!);
    const { gradients } = valueAndGradients((parameters) => {
      const { losses } = forward(network.model, {
        ...network,
        parameters,
        inputs: [tensor([1, 2], [1, 2])],
        training: true,
      });
      return { loss: losses[0]! };
    }, network.parameters);
    (await read(gradients['dense/kernel']!)).forEach((value, place) => expect(value).toBeCloseTo(kernel[place]!, 5));
  });
});

const net = (): Model =>
  sequential([
    input([4, 4, 3]),
    conv2d({ filters: 2, kernelSize: 3, name: 'features', biasRegularizer: l1(0.5) }),
    batchNorm(),
    flatten(),
    dropConnect(dense({ units: 4, name: 'hidden' }), { rate: 0.5 }),
    dense({ units: 3, name: 'head' }),
  ]);
const penaltiesOf = (graph: Model): Record<string, Regularizer> =>
  Object.fromEntries(
    Object.entries(parameterSpecs(graph)).flatMap(([path, { regularizer }]) =>
      regularizer ? [[path, regularizer]] : [],
    ),
  );

describe('regularize', () => {
  it('chooses by kind of parameter', () => {
    expect(penaltiesOf(regularize(net(), { kernel: l2(0.1) }))).toEqual({
      'features/kernel': l2(0.1),
      'features/bias': l1(0.5),
      'hidden/kernel': l2(0.1),
      'head/kernel': l2(0.1),
    });
    expect(penaltiesOf(regularize(net(), { bias: l2(0.1) }))).toEqual({
      'features/bias': l2(0.1),
      'hidden/bias': l2(0.1),
      'head/bias': l2(0.1),
    });
  });

  it('chooses by layer', () => {
    const penalised = regularize(net(), { kernel: l2(0.1), bias: l1(0.2), where: (name) => name === 'head' });
    expect(penaltiesOf(penalised)).toEqual({ 'features/bias': l1(0.5), 'head/kernel': l2(0.1), 'head/bias': l1(0.2) });
  });

  it('leaves the given model, names and everything else alone, in nested models too', () => {
    const x = input([4, 4, 3]);
    const inner = input([4, 4, 3]);
    const block = model({
      inputs: inner,
      outputs: conv2d({ filters: 2, kernelSize: 3, name: 'conv' })(inner),
      name: 'block',
    });
    const whole = model({ inputs: x, outputs: flatten()(block(x)) });
    const penalised = regularize(whole, { kernel: l2(0.1) });
    expect(Object.keys(penaltiesOf(penalised))).toEqual(['block/conv/kernel']);
    expect(penaltiesOf(whole)).toEqual({});
    expect(Object.keys(parameterSpecs(penalised))).toEqual(Object.keys(parameterSpecs(whole)));
  });

  it('is saved and loaded', () => {
    const penalised = regularize(net(), { kernel: l2(0.1), bias: l1(0.2) });
    const loaded = modelFromJson(JSON.parse(JSON.stringify(modelToJson(penalised))));
    expect(penaltiesOf(loaded)).toEqual(penaltiesOf(penalised));
  });

  it('a function works, but cannot be saved', () => {
    const custom: Regularizer = (x) => penalty(l2(1), x);
    const penalised = regularize(net(), { kernel: custom, where: (name) => name === 'hidden' });
    expect(penaltiesOf(penalised)['hidden/kernel']).toBe(custom);
    expect(() => modelToJson(penalised)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: modelToJson: kernelRegularizer of layer 'hidden' is a function, which cannot be saved. Use a record, such as heNormal(), or define a kind of your own: defineInitializer, definePenalty, defineConstraint, defineActivation.]`,
    );
  });

  it('refuses what it cannot do', () => {
    expect(() => regularize(net(), { kernel: { type: 'L2', factor: 1 } })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: regularize: kernel is {"type":"L2"}, which is no known penalty. Did you mean 'l2'? Known: l1, l2, l1l2, orthogonal. A function (x) => scalar works too.]`,
    );
    expect(() => regularize(net(), { kernel: l2(1), where: () => false })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: regularize: no layer was chosen. Layers with a kernel: features, hidden, head.]`,
    );
  });
});

describe('impossible penalties and constraints', () => {
  it('are refused when the layer is made, or the model if it is about shapes', () => {
    expect(() =>
      conv2d({ filters: 2, kernelSize: 3, kernelRegularizer: { type: 'l3' } }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d: kernelRegularizer is {"type":"l3"}, which is no known penalty. Did you mean 'l1'? Known: l1, l2, l1l2, orthogonal. A function (x) => scalar works too.]`,
    );
    expect(() => dense({ units: 2, biasRegularizer: l1(-1) })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: l1: factor is -1, but must be finite and at least 0.]`,
    );
    expect(() => dense({ units: 2, activityRegularizer: 3 as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dense: activityRegularizer is 3, which is no known penalty. Known: l1, l2, l1l2, orthogonal. A function (x) => scalar works too.]`,
    );
    expect(() => dense({ units: 2, kernelConstraint: 'maxNorm' as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dense: kernelConstraint is "maxNorm", which is no known constraint. Write maxNorm(). A function (x) => tensor of the same shape works too.]`,
    );
    expect(() => dense({ units: 2, biasConstraint: maxNorm({ maximum: -2 }) })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: maxNorm: maximum is -2, but must be finite and at least 0.]`,
    );
    expect(() =>
      sequential([input([5]), dense({ units: 2, kernelConstraint: maxNorm({ axis: [0, 1, 2] }) })]),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'dense', which is given [5]: parameters: kernelConstraint takes norms over axis 2, but the parameter is [5, 2] with 2 axes, counted from 0.]`,
    );
  });
});
