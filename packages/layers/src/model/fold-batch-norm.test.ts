import { dispose, memory, randomNormal, sizeOf, streams, tensor, type Tensor } from '@striate/core';
import { expect, it } from 'vitest';
import type { SymbolicTensor } from '../layer-function.ts';
import { activation } from '../layers/activation.ts';
import { add } from '../layers/add.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv1d } from '../layers/conv1d.ts';
import { conv2dTranspose } from '../layers/conv2d-transpose.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { depthwiseConv2d } from '../layers/depthwise-conv2d.ts';
import { flatten } from '../layers/flatten.ts';
import { input } from '../layers/input.ts';
import { reshape } from '../layers/reshape.ts';
import { separableConv2d } from '../layers/separable-conv2d.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';
import { foldBatchNorm } from './fold-batch-norm.ts';
import { forward } from './forward.ts';
import { initialize, type Network } from './initialize.ts';
import { model } from './model.ts';

const same = { padding: 'same' } as const;
const first = { ...same, dataFormat: 'channelsFirst' } as const;
const cases: Record<string, { build: (x: SymbolicTensor) => SymbolicTensor; left: number }> = {
  'convolution and relu behind': {
    build: (x) => activation({ activation: 'relu' })(batchNorm()(conv2d({ filters: 5, kernelSize: 3 })(x))),
    left: 0,
  },
  'convolution without bias, batch norm with an activation of its own': {
    build: (x) => batchNorm({ activation: 'tanh' })(conv2d({ filters: 5, kernelSize: 3, useBias: false })(x)),
    left: 0,
  },
  'groups, depthwise and separable': {
    build: (x) => {
      const h = batchNorm({ scale: false })(conv2d({ filters: 6, kernelSize: 3, groups: 2, ...same })(x));
      const d = batchNorm({ center: false })(depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 })(h));
      return batchNorm({ epsilon: 0.01 })(separableConv2d({ filters: 3, kernelSize: 3 })(d));
    },
    left: 0,
  },
  'dense and conv1d': {
    build: (x) => {
      const row = batchNorm()(conv1d({ filters: 3, kernelSize: 3 })(reshape({ targetShape: [64, 4] })(x)));
      return batchNorm()(dense({ units: 4 })(flatten()(row)));
    },
    left: 0,
  },
  // [8, 8, 4] is an image of 8 channels and 8 x 4 pixels here.
  'channels first: convolution, depthwise, separable, groups': {
    build: (x) => {
      const h = batchNorm({ axis: 1 })(conv2d({ filters: 6, kernelSize: 3, ...first })(x));
      const d = batchNorm({ axis: -3, scale: false })(depthwiseConv2d({ kernelSize: 3, ...first })(h));
      const s = batchNorm({ axis: 1 })(separableConv2d({ filters: 4, kernelSize: 3, ...first })(d));
      return batchNorm({ axis: 1, activation: 'softmax' })(
        conv2d({ filters: 6, kernelSize: 3, groups: 2, ...first })(s),
      );
    },
    left: 0,
  },
  'not along another axis than the channels': {
    build: (x) => {
      // As many columns as filters, fewer, and rows.
      const h = batchNorm({ axis: -1 })(conv2d({ filters: 4, kernelSize: 3, ...first })(x));
      const d = batchNorm({ axis: -1 })(depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, ...first })(h));
      const s = batchNorm({ axis: 2 })(separableConv2d({ filters: 8, kernelSize: 3, ...first })(d));
      const row = conv1d({ filters: 32, kernelSize: 1 })(reshape({ targetShape: [32, 8] })(s));
      return batchNorm({ axis: 2 })(batchNorm({ axis: 1 })(row));
    },
    left: 5,
  },
  'not into a transposed convolution, whose kernel has its filters elsewhere': {
    build: (x) => batchNorm({ axis: 1 })(conv2dTranspose({ filters: 4, kernelSize: 3, ...first })(x)),
    left: 1,
  },
  'not behind a relu, an addition, or what others use too': {
    build: (x) => {
      const h = batchNorm()(conv2d({ filters: 4, kernelSize: 3, activation: 'relu', ...same })(x));
      const shared = conv2d({ filters: 4, kernelSize: 1 })(h);
      return batchNorm()(add()([batchNorm()(shared), shared]));
    },
    left: 3,
  },
};

let draws = 0;
function random(shape: readonly number[], scale: number, offset: number): Tensor {
  const values = randomNormal({ seed: 7, stream: streams.noise, call: draws++, step: 0 }, sizeOf(shape));
  return tensor(
    values.map((value) => offset + scale * value),
    [...shape],
  );
}

/** A network whose statistics and factors are those of no fresh one. */
function trained(build: (x: SymbolicTensor) => SymbolicTensor): Network {
  const x = input([8, 8, 4]);
  const network = initialize(model({ inputs: x, outputs: build(x) }), { seed: 3 });
  const changed = (values: Network['parameters']): Network['parameters'] =>
    Object.fromEntries(
      Object.entries(values).map(([path, value]) => {
        if (/kernel/i.test(path)) return [path, value];
        const shape = value.shape;
        value.dispose();
        return [path, /ariance|gamma/.test(path) ? random(shape, 0.1, 1.3) : random(shape, 0.5, 0)];
      }),
    );
  return { model: network.model, parameters: changed(network.parameters), state: changed(network.state) };
}

onEachBackend('foldBatchNorm', () => {
  it.each(Object.entries(cases))('%s', async (_, { build, left }) => {
    const network = trained(build);
    const x = random([3, 8, 8, 4], 1, 0.2);
    const count = memory().numTensors;
    const folded = foldBatchNorm(network);
    expect(folded.model.nodes.filter(({ layer }) => layer.type === 'batchNorm')).toHaveLength(left);
    const outputs = [network, folded].map((each) => forward(each.model, { ...each, inputs: [x] }).outputs[0]!);
    const [plain, fast] = (await Promise.all(outputs.map((y) => y.data()))) as [Float32Array, Float32Array];
    const largest = Math.max(...plain.map(Math.abs));
    plain.forEach((value, index) => expect(Math.abs(value - fast[index]!)).toBeLessThan(1e-5 * largest));
    dispose(...outputs, folded.parameters, folded.state);
    expect(memory().numTensors).toBe(count);
    dispose(x, network.parameters, network.state);
  });

  it('takes no network that its model would not be', () => {
    const network = trained(cases['convolution and relu behind']!.build);
    const scale = tensor([1, 1, 1]);
    const { 'conv2d/bias': _, ...unbiased } = network.parameters;
    const disposed = tensor([0, 0, 0, 0, 0]);
    disposed.dispose();
    const wrong: [Partial<Network>, string][] = [
      [{ parameters: unbiased }, "parameters: has no 'conv2d/bias', which the model has as [5]."],
      [{ state: {} }, "state: has no 'batchNorm/movingMean', which the model has as [5]."],
      [
        { parameters: { ...network.parameters, 'batchNorm/gamma': scale } },
        "parameters: 'batchNorm/gamma' is [3], but the model's is [5].",
      ],
      [
        { parameters: { ...network.parameters, 'conv2d/bia': scale } },
        "has 'conv2d/bia', which the model does not have",
      ],
      [{ parameters: { ...network.parameters, 'conv2d/bias': 3 as never } }, "parameters['conv2d/bias'] is 3"],
      [{ parameters: { ...network.parameters, 'conv2d/bias': disposed } }, 'is disposed'],
    ];
    const count = memory().numTensors;
    for (const [change, message] of wrong) {
      expect(() => foldBatchNorm({ ...network, ...change })).toThrow(message);
    }
    expect(memory().numTensors).toBe(count);
    dispose(scale, network.parameters, network.state);
  });
});
