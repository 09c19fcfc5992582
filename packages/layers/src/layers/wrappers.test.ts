import { dispose, memory, randomNormal, sizeOf, streams, tensor, valueAndGradients, ops } from '@striate/core';
import type { Layer, Tensor, Values } from '@striate/core';
import { l2 } from '@striate/regularizers';
import { describe, expect, it } from 'vitest';
import {
  activation,
  add,
  batchNorm,
  conv2d,
  defineLayer,
  dense,
  depthwiseConv2d,
  dropConnect,
  foldBatchNorm,
  forward,
  freeze,
  initialize,
  input,
  maxPool2d,
  measureReceptiveField,
  model,
  parameterSpecs,
  receptiveField,
  regularize,
  sequential,
  spectralNorm,
  weightNorm,
  type LayerFunction,
  type Model,
  type Network,
} from '../index.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';

const convolution = (): LayerFunction => conv2d({ filters: 4, kernelSize: 3, padding: 'same' });
const wrappers: Record<string, (layer: Layer) => LayerFunction> = {
  weightNorm,
  spectralNorm,
  dropConnect: (layer) => dropConnect(layer, { rate: 0.3 }),
  'dropConnect of weightNorm': (layer) => dropConnect(weightNorm(layer), { rate: 0.3 }),
  'weightNorm of dropConnect': (layer) => weightNorm(dropConnect(layer, { rate: 0.3 })),
};

const noise = (call: number, shape: readonly number[]): Tensor =>
  tensor(randomNormal({ seed: 5, stream: streams.noise, call, step: 0 }, sizeOf(shape)), [...shape]);

/** All that a training pass gives, gradients included. */
async function passOf(network: Network, x: Tensor, fuse: boolean): Promise<Record<string, number[]>> {
  const weights = noise(1, [1, x.shape[0] * sizeOf(network.model.outputShapes[0] as number[])]);
  const random = { seed: 3, step: 2, sampleOffset: 0 };
  const { loss, auxiliary, gradients } = valueAndGradients(
    ({ x: image, ...parameters }) => {
      const options = { parameters, state: network.state, inputs: [image!], training: true, random, fuse };
      const { outputs, state } = forward(network.model, options);
      const column = ops.reshape(outputs[0]!, [weights.size, 1]);
      return {
        loss: ops.reshape(ops.matMul({ a: weights, b: column }, {}), []),
        auxiliary: { ...state, y: outputs[0]! },
      };
    },
    { ...network.parameters, x },
  );
  const all: Values = { loss, ...auxiliary };
  for (const [name, gradient] of Object.entries(gradients)) all[`gradient of ${name}`] = gradient;
  const read: Record<string, number[]> = {};
  for (const [name, value] of Object.entries(all)) read[name] = [...(await value.data())];
  dispose(weights, all);
  return read;
}

const typesOf = ({ steps }: Model): string[] => steps.slice(1).map(({ layer }) => layer.type);

onEachBackend('wrappers', () => {
  describe.each(Object.entries(wrappers))('%s', (_, wrap) => {
    it.each([
      ['a relu', [activation({ activation: 'relu' })]],
      ['max pooling', [activation({ activation: 'relu' }), maxPool2d({ poolSize: 2 })]],
    ] as const)('takes %s into itself, to the same bits', async (name, rest) => {
      const wrapper = wrap(convolution());
      const graph = sequential([input([6, 6, 3]), wrapper, ...rest]);
      expect(typesOf(graph)).toEqual([wrapper.type, ...(name === 'a relu' ? [] : ['maxPool2d'])]);
      const before = memory().numTensors;
      const network = initialize(graph, { seed: 2 });
      const x = noise(2, [2, 6, 6, 3]);
      expect(await passOf(network, x, true)).toEqual(await passOf(network, x, false));
      dispose(x, network.parameters, network.state);
      expect(memory().numTensors).toBe(before);
    });

    it('takes a residual into itself, to the same bits', async () => {
      const x = input([6, 6, 4]);
      const wrapper = wrap(convolution());
      const graph = model({ inputs: x, outputs: activation({ activation: 'relu' })(add()([wrapper(x), x])) });
      expect(typesOf(graph)).toEqual([wrapper.type]);
      const network = initialize(graph, { seed: 2 });
      const image = noise(2, [2, 6, 6, 4]);
      expect(await passOf(network, image, true)).toEqual(await passOf(network, image, false));
      dispose(image, network.parameters, network.state);
    });

    it('asks the layer inside for its parameters when a model is made, and never in a pass', async () => {
      let asked = 0;
      const inner = convolution();
      const counting = defineLayer({
        ...inner,
        parameters(inputs) {
          asked++;
          return inner.parameters!(inputs);
        },
      });
      const network = initialize(sequential([input([6, 6, 3]), wrap(counting)]), { seed: 2 });
      expect(asked).toBeGreaterThan(0);
      asked = 0;
      const x = noise(2, [2, 6, 6, 3]);
      await passOf(network, x, true);
      expect(asked).toBe(0);
      dispose(x, network.parameters, network.state);
    });

    it('sees what the layer inside sees', async () => {
      const wide = (): LayerFunction => conv2d({ filters: 2, kernelSize: [5, 3], strides: 2, activation: 'relu' });
      const graph = sequential([input([15, 15, 1]), wrap(wide())]);
      expect(receptiveField(graph)).toEqual(receptiveField(sequential([input([15, 15, 1]), wide()])));
      expect((await measureReceptiveField(graph)).size).toEqual([5, 3]);
    });

    it('hands penalties on', () => {
      const graph = regularize(sequential([input([6, 6, 3]), wrap(convolution())]), { kernel: l2(0.1), bias: l2(0.2) });
      const penalties = Object.values(parameterSpecs(graph)).map(({ kind, regularizer }) => [kind, regularizer]);
      expect(penalties).toContainEqual(['kernel', l2(0.1)]);
      expect(penalties).toContainEqual(['bias', l2(0.2)]);
    });
  });

  it.each([
    ['dropConnect', (layer: Layer) => dropConnect(layer, { rate: 0.3 }), true],
    ['weightNorm', weightNorm, true],
    ['spectralNorm, whose kernel is divided by a number that depends on all filters', spectralNorm, false],
  ] as const)('a batch norm becomes part of what is inside %s: %s', async (_, wrap, folds) => {
    for (const inner of [conv2d({ filters: 4, kernelSize: 3, useBias: false }), dense({ units: 4 })]) {
      const graph = sequential([input([6, 6, 3]), wrap(inner), batchNorm({ activation: 'tanh' })]);
      const drawn = initialize(graph, { seed: 2 });
      const statistics = Object.fromEntries(
        Object.keys(drawn.state).map((path) => {
          const value = drawn.state[path]!;
          if (!path.startsWith('batchNorm')) return [path, value];
          value.dispose();
          return [path, path.endsWith('Mean') ? tensor([0.1, -0.2, 0.3, 0.4]) : tensor([0.5, 1.5, 2, 0.7])];
        }),
      );
      const network = { ...drawn, state: statistics };
      const folded = foldBatchNorm(network);
      expect(folded.model.nodes.some(({ layer }) => layer.type === 'batchNorm')).toBe(!folds);
      const x = noise(2, [2, 6, 6, 3]);
      const [plain, fast] = [network, folded].map((each) => forward(each.model, { ...each, inputs: [x] }).outputs[0]!);
      const [wanted, got] = [await plain!.data(), await fast!.data()];
      wanted.forEach((value, place) => expect(got[place]).toBeCloseTo(value, 5));
      dispose(x, plain, fast, network.parameters, network.state, folded.parameters, folded.state);
    }
  });

  it('a depthwise kernel, whose filters are its last two axes, is not folded by the lengths of one', () => {
    const graph = sequential([
      input([6, 6, 3]),
      weightNorm(depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 })),
      batchNorm(),
    ]);
    const network = initialize(graph, { seed: 2 });
    const folded = foldBatchNorm(network);
    expect(folded.model.nodes.map(({ layer }) => layer.type)).toContain('batchNorm');
    dispose(network.parameters, network.state, folded.parameters, folded.state);
  });

  it('frozen with statistics of its own, one works as in inference, but what drops still drops', async () => {
    const graph = sequential([input([6, 6, 3]), dropConnect(spectralNorm(dense({ units: 4 })), { rate: 0.5 })]);
    const network = freeze(initialize(graph, { seed: 2 }), () => true);
    const x = noise(2, [2, 6, 6, 3]);
    const masked = await Promise.all(
      [0, 1].map(async (step) => {
        const random = { seed: 3, step, sampleOffset: 0 };
        const { outputs, state } = forward(network.model, { ...network, inputs: [x], training: true, random });
        expect(state).toEqual(network.state);
        const values = [...(await outputs[0]!.data())];
        dispose(outputs);
        return values;
      }),
    );
    expect(masked[0]).not.toEqual(masked[1]);
    dispose(x, network.parameters, network.state);
  });
});
