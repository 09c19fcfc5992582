import { dispose, fill, memory, ops, tensor, type Activation, type Regularizer } from '@striate/core';
import { l2 } from '@striate/regularizers';
import { expect, it } from 'vitest';
import {
  activation,
  add,
  batchNorm,
  defineLayer,
  flatten,
  foldBatchNorm,
  forward,
  initialize,
  input,
  maxPool2d,
  model,
  outputActivation,
  parameterSpecs,
  receptiveField,
  regularize,
  sequential,
  type LayerFunction,
  type Model,
  type Network,
} from '../index.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';

interface MixOptions {
  units: number;
  activation?: 'linear' | 'relu';
  useBias?: boolean;
  kernelRegularizer?: Regularizer;
}

/** A layer of somebody else: y = activation(x kernel + bias + residual) for each pixel. It says all that it knows. */
function mix({ units, activation: kind = 'linear', useBias = false, kernelRegularizer }: MixOptions): LayerFunction {
  const options = { units, activation: kind, useBias, ...(kernelRegularizer && { kernelRegularizer }) };
  return defineLayer({
    type: 'me/mix',
    options,
    activation: kind,
    withActivation: (other: Activation) =>
      other === 'linear' || other === 'relu' ? mix({ ...options, activation: other }) : undefined,
    takesResidual: true,
    linear: { kernel: 'weights', bias: 'offsets', axis: -1, withBias: () => mix({ ...options, useBias: true }) },
    withPenalties: ({ kernel }) => mix({ ...options, ...(kernel && { kernelRegularizer: kernel }) }),
    outputShapes: ([shape]) => [[...shape!.slice(0, -1), units]],
    parameters: ([shape]) => ({
      weights: {
        shape: [shape!.at(-1)!, units],
        initializer: { type: 'heNormal' },
        kind: 'kernel',
        ...(kernelRegularizer && { regularizer: kernelRegularizer }),
      },
      ...(useBias && { offsets: { shape: [units], initializer: { type: 'ones' }, kind: 'bias' } }),
    }),
    apply([x, residual], { weights, offsets }) {
      const rows = ops.reshape(x!, [x!.size / x!.shape.at(-1)!, x!.shape.at(-1)!]);
      const operands = { a: rows, b: weights!, ...(offsets && { bias: offsets }) };
      const product = ops.matMul(operands, { activation: residual ? 'linear' : kind });
      const y = ops.reshape(product, [...x!.shape.slice(0, -1), units]);
      dispose(rows, product);
      if (!residual) return { outputs: [y] };
      const sum = ops.add(y, residual);
      const activated = ops.activation(sum, kind);
      dispose(y, ...(activated === sum ? [] : [sum]));
      return { outputs: [activated] };
    },
  });
}

/** y = 2 (x - 1), as a batch norm with statistics that are constants. */
const centre = (): LayerFunction =>
  defineLayer({
    type: 'me/centre',
    options: {},
    channelMap: {
      axis: -1,
      epsilon: 0,
      values: () => ({ mean: fill([4], 1), variance: fill([4], 1), gamma: fill([4], 2), beta: fill([4], 0) }),
    },
    outputShapes: ([shape]) => [shape!],
    apply: ([x]) => ({ outputs: [ops.rescale(x!, { scale: [2], offset: [-2] })] }),
  });

const halved = (): LayerFunction =>
  defineLayer({
    type: 'me/halved',
    options: {},
    computes: 'means',
    window: ({ input: size }) => ({ reach: 3, stride: 2, middle: (size ?? 0) % 2 }),
    outputShapes: ([shape]) => [[shape![0]! / 2, shape![1]! / 2, shape![2]!]],
    apply: ([x]) => ({
      outputs: [
        ops.averagePool2d(x!, {
          poolSize: [2, 2],
          strides: [2, 2],
          padding: [0, 0, 0, 0],
          countPadding: false,
          divisor: 0,
        }),
      ],
    }),
  });

const plus = (): LayerFunction =>
  defineLayer({
    type: 'me/plus',
    options: {},
    computes: 'sum',
    outputShapes: ([shape]) => [shape!],
    apply: ([a, b]) => ({ outputs: [ops.add(a!, b!)] }),
  });

const rectify = (): LayerFunction =>
  defineLayer({
    type: 'me/rectify',
    options: {},
    computes: 'identity',
    activation: 'relu',
    outputShapes: ([shape]) => [shape!],
    apply: ([x]) => ({ outputs: [ops.activation(x!, 'relu')] }),
  });

const steps = (graph: Model): string[] =>
  graph.steps.slice(1).map(({ layer, inputs }) => `${layer.type} ${layer.activation ?? 'none'} ${inputs.length}`);

const image = (): ReturnType<typeof tensor> =>
  tensor(
    Array.from({ length: 2 * 4 * 4 * 4 }, (_, place) => Math.sin(place * 1.3)),
    [2, 4, 4, 4],
  );

async function outputOf(network: Network, fuse: boolean): Promise<number[]> {
  const x = image();
  const { outputs } = forward(network.model, { ...network, inputs: [x], fuse });
  const values = [...(await outputs[0]!.data())];
  dispose(x, outputs);
  return values;
}

onEachBackend('layers of others', () => {
  it('fuse as ours do, to the same bits', async () => {
    const x = input([4, 4, 4]);
    const h = rectify()(plus()([mix({ units: 4 })(x), x]));
    const again = activation({ activation: 'relu' })(add()([x, mix({ units: 4, useBias: true })(h)]));
    const graph = model({
      inputs: x,
      outputs: maxPool2d()(rectify()(batchNorm()(rectify()(mix({ units: 3 })(again))))),
    });
    expect(steps(graph)).toEqual([
      'me/mix relu 2',
      'me/mix relu 2',
      'me/mix relu 1',
      'batchNorm linear 1',
      'maxPool2d relu 1',
    ]);
    const before = memory().numTensors;
    const network = initialize(graph, { seed: 3 });
    expect(await outputOf(network, true)).toEqual(await outputOf(network, false));
    dispose(network.parameters, network.state);
    expect(memory().numTensors).toBe(before);
  });

  it.each([
    ['ours into another', [mix({ units: 4 }), batchNorm({ activation: 'relu' })], ['me/mix', 'activation']],
    ['two of others', [mix({ units: 4 }), centre()], ['me/mix', 'activation']],
    ['not where it cannot compute the activation', [mix({ units: 4 }), batchNorm({ activation: 'tanh' })], undefined],
    ['not behind an activation', [mix({ units: 4, activation: 'relu' }), centre()], undefined],
  ] as const)('fold: %s', async (_, chain, types) => {
    const graph = sequential([input([4, 4, 4]), ...chain]);
    const before = memory().numTensors;
    const network = initialize(graph, { seed: 3 });
    const folded = foldBatchNorm(network);
    expect(folded.model.nodes.slice(1).map(({ layer }) => layer.type)).toEqual(types ?? chain.map(({ type }) => type));
    const [wanted, got] = [await outputOf(network, true), await outputOf(folded, true)];
    wanted.forEach((value, place) => expect(got[place]).toBeCloseTo(value, 5));
    dispose(network.parameters, network.state, folded.parameters, folded.state);
    expect(memory().numTensors).toBe(before);
  });

  it('are told that their kernel has another name, and do not fold what has a residual already', () => {
    const misspelt = defineLayer({ ...mix({ units: 4 }), linear: { ...mix({ units: 4 }).linear!, kernel: 'weight' } });
    const network = initialize(sequential([input([4, 4, 4]), misspelt, batchNorm()]), { seed: 3 });
    expect(() => foldBatchNorm(network)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: foldBatchNorm: layer 'mix' of type 'me/mix' says that it is linear in "weight", which is none of its parameters. Did you mean 'weights'? Known: weights.]`,
    );
    const x = input([4]);
    const residual = initialize(model({ inputs: x, outputs: batchNorm()(mix({ units: 4 })([x, x])) }), { seed: 3 });
    const folded = foldBatchNorm(residual);
    expect(folded.model.nodes.at(-1)!.layer.type).toBe('batchNorm');
    for (const { parameters, state } of [network, residual, folded]) dispose(parameters, state);
  });

  it('take penalties, or are named as those that do not', () => {
    const penalised = regularize(sequential([input([4]), mix({ units: 2 })]), { kernel: l2(0.1) });
    expect(Object.values(parameterSpecs(penalised)).map(({ regularizer }) => regularizer)).toEqual([l2(0.1)]);
    const { withPenalties: _, ...stubborn } = mix({ units: 2 });
    const graph = sequential([input([4]), defineLayer({ ...stubborn, type: 'me/stubborn' })]);
    expect(() => regularize(graph, { kernel: l2(0.1) })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: regularize: layer 'stubborn' of type 'me/stubborn' takes no penalties: it has no withPenalties. Leave it out: where: (name) => name !== 'stubborn'.]`,
    );
  });

  it('say what they see and hand on', () => {
    const soft = sequential([input([4, 4, 2]), activation({ activation: 'softmax' }), halved(), flatten()]);
    expect(outputActivation(soft, soft.outputs[0]!)).toBe('softmax');
    expect(receptiveField(soft, { of: 'halved' })).toEqual({ size: [3, 3], stride: [2, 2], centre: [0, 0] });
  });
});

it.each([
  ['a misspelt member', { takesResidul: true }],
  ['a flag that is none', { takesResidual: 'yes' }],
  ['a word that nobody knows', { computes: 'summ' }],
  ['an unknown activation', { activation: 'rellu' }],
  ['a function that is none', { withActivation: 'relu' }],
  ['a kernel without an axis', { linear: { kernel: 'a', bias: 'b', withBias: () => rectify() } }],
  ['a misspelt member of a map', { channelMap: { axis: -1, epsilon: 0, value: () => ({}) } }],
])('defineLayer refuses %s', (_, wrong) => {
  const right = { type: 'me/right', options: {}, outputShapes: () => [], apply: () => ({ outputs: [] }) };
  expect(() => defineLayer({ ...right, ...wrong } as never)).toThrowErrorMatchingSnapshot();
});
