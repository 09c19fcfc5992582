import {
  dispose,
  memory,
  ops,
  randomNormal,
  sizeOf,
  streams,
  tensor,
  valueAndGradients,
  type Tensor,
  type Values,
} from '@striate/core';
import { expect, it } from 'vitest';
import type { SymbolicTensor } from '../layer-function.ts';
import { activation } from '../layers/activation.ts';
import { add } from '../layers/add.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv2dTranspose } from '../layers/conv2d-transpose.ts';
import { conv2d } from '../layers/conv2d.ts';
import { depthwiseConv2d } from '../layers/depthwise-conv2d.ts';
import { dense } from '../layers/dense.ts';
import { flatten } from '../layers/flatten.ts';
import { input } from '../layers/input.ts';
import { maxPool2d } from '../layers/max-pool2d.ts';
import { separableConv2d } from '../layers/separable-conv2d.ts';
import { forward } from './forward.ts';
import { initialize, type Network } from './initialize.ts';
import type { Model } from './model-graph.ts';
import { model } from './model.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';

const relu = (x: SymbolicTensor): SymbolicTensor => activation({ activation: 'relu' })(x);
const conv = (x: SymbolicTensor, kind: 'linear' | 'relu' | 'tanh' = 'linear'): SymbolicTensor =>
  conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: kind })(x);
const norm = (x: SymbolicTensor): SymbolicTensor => batchNorm()(x);
const pool = maxPool2d({ poolSize: 2 });

/** 'conv2d relu' for each step after the input, and '2 inputs' if there are. */
const describeSteps = ({ steps }: Model): string[] =>
  steps
    .slice(1)
    .map(({ layer, inputs }) =>
      [layer.type, layer.options['activation'], ...(inputs.length > 1 ? [`${inputs.length} inputs`] : [])]
        .filter(Boolean)
        .join(' '),
    );

const cases: Record<string, { build: (x: SymbolicTensor) => SymbolicTensor; steps: string[] }> = {
  'relu behind max pooling': { build: (x) => pool(conv(x, 'relu')), steps: ['conv2d linear', 'maxPool2d relu'] },
  'a relu layer into the convolution, then behind pooling': {
    build: (x) => pool(relu(conv(x))),
    steps: ['conv2d linear', 'maxPool2d relu'],
  },
  'a relu layer after pooling': { build: (x) => relu(pool(conv(x))), steps: ['conv2d linear', 'maxPool2d relu'] },
  'convolution, batch norm and relu': { build: (x) => relu(norm(conv(x))), steps: ['conv2d linear', 'batchNorm relu'] },
  'batch norm, relu and pooling': { build: (x) => pool(relu(norm(x))), steps: ['batchNorm linear', 'maxPool2d relu'] },
  'dense and relu': { build: (x) => relu(dense({ units: 3 })(flatten()(x))), steps: ['flatten', 'dense relu'] },
  'depthwise, separable and transposed convolution and relu': {
    build: (x) => {
      const seen = relu(depthwiseConv2d({ kernelSize: 3, padding: 'same', depthMultiplier: 2 })(x));
      const mixed = relu(separableConv2d({ filters: 3, kernelSize: 3, strides: 2 })(seen));
      return relu(conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2 })(mixed));
    },
    steps: ['depthwiseConv2d relu', 'separableConv2d relu', 'conv2dTranspose relu'],
  },
  'batch norm, addition and relu': {
    build: (x) => relu(add()([norm(conv(x)), x])),
    steps: ['conv2d linear', 'batchNorm relu 2 inputs'],
  },
  'convolution, addition and relu': {
    build: (x) => relu(add()([x, conv(x)])),
    steps: ['conv2d relu 2 inputs'],
  },
  'strided convolution with a bias, added to another': {
    build: (x) => {
      const half = (padding: 'same' | 'valid', kernelSize: number): SymbolicTensor =>
        conv2d({ filters: 4, kernelSize, padding, strides: 2, biasInitializer: { type: 'ones' } })(x);
      return add()([half('same', 3), half('valid', 1)]);
    },
    steps: ['conv2d linear', 'conv2d linear 2 inputs'],
  },
  'nothing: a convolution with a penalty on what it gives': {
    build: (x) => {
      const options = {
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        activityRegularizer: { type: 'l2', factor: 0.1 },
      } as const;
      return relu(add()([conv2d(options)(x), x]));
    },
    steps: ['conv2d linear', 'add 2 inputs', 'activation relu'],
  },
  'addition of two batch norms': {
    build: (x) => relu(add()([norm(conv(x)), norm(conv(x, 'tanh'))])),
    steps: ['conv2d linear', 'conv2d tanh', 'batchNorm linear', 'batchNorm relu 2 inputs'],
  },
  'addition without relu, shortcut first': { build: (x) => add()([x, norm(x)]), steps: ['batchNorm linear 2 inputs'] },
  'nothing: three addends': { build: (x) => add()([x, norm(x), x]), steps: ['batchNorm linear', 'add 3 inputs'] },
  'nothing: another activation': { build: (x) => pool(conv(x, 'tanh')), steps: ['conv2d tanh', 'maxPool2d linear'] },
  'nothing: used twice': {
    build: (x) => {
      const y = norm(x);
      return add()([relu(y), y]);
    },
    steps: ['batchNorm linear', 'activation relu', 'add 2 inputs'],
  },
};

const random = (name: number, shape: readonly number[]): Tensor =>
  tensor(randomNormal({ seed: 9, stream: streams.noise, call: name, step: 0 }, sizeOf(shape)), [...shape]);

async function valuesAndGradients(network: Network, x: Tensor, fuse: boolean): Promise<Record<string, number[]>> {
  const weights = random(1, [1, 2 * sizeOf(network.model.outputShapes[0] as number[])]);
  const { loss, auxiliary, gradients } = valueAndGradients(
    ({ x: image, ...parameters }) => {
      const { outputs, state } = forward(network.model, {
        parameters,
        state: network.state,
        inputs: [image!],
        training: true,
        fuse,
      });
      const column = ops.reshape(outputs[0]!, [weights.size, 1]);
      return {
        loss: ops.reshape(ops.matMul({ a: weights, b: column }, {}), []),
        auxiliary: { ...state, y: outputs[0]! },
      };
    },
    { ...network.parameters, x },
  );
  const named: Values = {
    loss,
    ...auxiliary,
    ...Object.fromEntries(Object.entries(gradients).map(([name, g]) => [`gradient of ${name}`, g])),
  };
  const read = await Promise.all(
    Object.entries(named).map(async ([name, value]) => [name, Array.from(await value.data())] as const),
  );
  dispose(weights, named);
  return Object.fromEntries(read);
}

onEachBackend('fusion', () => {
  it.each(Object.entries(cases))('%s: same values and gradients', async (_name, { build, steps }) => {
    const inputs = input([6, 6, 4]);
    const graph = model({ inputs, outputs: build(inputs) });
    expect(describeSteps(graph)).toEqual(steps);
    const before = memory().numTensors;
    const network = initialize(graph, { seed: 4 });
    const x = random(2, [2, 6, 6, 4]);
    const fused = await valuesAndGradients(network, x, true);
    const plain = await valuesAndGradients(network, x, false);
    expect(Object.keys(fused)).toEqual(Object.keys(plain));
    for (const [name, wanted] of Object.entries(plain)) {
      const largest = Math.max(...wanted.map(Math.abs));
      const worst = Math.max(...wanted.map((value, index) => Math.abs(value - fused[name]![index]!)));
      // A bias before batch norm has no gradient but rounding.
      expect(worst, name).toBeLessThanOrEqual(1e-5 * largest + 2e-5);
    }
    dispose(network.parameters, network.state, x);
    expect(memory().numTensors).toBe(before);
  });

  it('leaves alone what is an output or is asked for as a feature', async () => {
    const inputs = input([6, 6, 4]);
    const middle = conv(inputs, 'relu');
    const twoOutputs = model({ inputs, outputs: [pool(middle), middle] });
    expect(describeSteps(twoOutputs)).toEqual(['conv2d relu', 'maxPool2d linear']);

    const graph = model({ inputs, outputs: pool(middle) });
    const network = initialize(graph, { seed: 4 });
    const x = random(2, [1, 6, 6, 4]);
    const { outputs, features } = forward(graph, { ...network, inputs: [x], features: ['conv2d'] });
    const both = forward(twoOutputs, { ...network, inputs: [x] });
    expect(await features['conv2d']!.data()).toEqual(await both.outputs[1]!.data());
    expect(Math.min(...(await features['conv2d']!.data()))).toBe(0);
    expect(await outputs[0]!.data()).toEqual(await both.outputs[0]!.data());
    dispose(outputs, features, both.outputs, network.parameters, x);
  });
});
