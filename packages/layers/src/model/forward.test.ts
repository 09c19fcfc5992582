import { dispose, fill, memory, ops, tensor, type Tensor, type Values } from '@striate/core';
import { expect, it } from 'vitest';
import { defineLayer, outputOf, type LayerFunction } from '../layer-function.ts';
import { add } from '../layers/add.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { dropout } from '../layers/dropout.ts';
import { flatten } from '../layers/flatten.ts';
import { gaussianNoise } from '../layers/gaussian-noise.ts';
import { input } from '../layers/input.ts';
import { forward, type ForwardOptions } from './forward.ts';
import { initialize } from './initialize.ts';
import { model } from './model.ts';
import { sequential } from './sequential.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';

const numbers = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
const none = { parameters: {}, state: {} };

/** Gives x and 2x, and adds 1 to the loss. */
const twice = (): LayerFunction =>
  defineLayer({
    type: 'twice',
    options: {},
    outputShapes: ([x]) => [x!, x!],
    apply: ([x]) => ({
      outputs: [ops.add(x!, x!), ops.add(x!, x!)].map((y, index) => (index ? ops.add(y, y) : y)),
      losses: [tensor(1)],
    }),
  });

onEachBackend('forward', () => {
  it('computes several inputs and outputs, shared layers, and outputs beyond the first', async () => {
    const [left, right] = [input([2]), input([2])];
    const shared = dense({ units: 1, useBias: false, kernelInitializer: { type: 'ones' } });
    const network = initialize(
      model({ inputs: [left, right], outputs: [add()([shared(left), shared(right)]), outputOf(twice()(left), 1)] }),
      { seed: 1 },
    );
    const inputs = [tensor([[1, 2]]), tensor([[30, 40]])];
    const { outputs, losses } = forward(network.model, { ...network, inputs });
    expect(await numbers(outputs[0]!)).toEqual([73]);
    expect(await numbers(outputs[1]!)).toEqual([4, 8]);
    expect(await Promise.all(losses.map(numbers))).toEqual([[1]]);
    dispose(inputs, outputs, losses, network.parameters);
  });

  it.each(['int32', 'bool'] as const)('takes inputs of %s as the numbers that they are', async (type) => {
    const x = input([2, 2, 1]);
    const layers = conv2d({ filters: 2, kernelSize: 2, padding: 'same', kernelInitializer: { type: 'ones' } });
    const network = initialize(model({ inputs: x, outputs: [flatten()(layers(x)), x] }), { seed: 1 });
    const pixels = type === 'int32' ? [0, 15, 130, 255] : [0, 1, 1, 0];
    const outputsOf = async (given: Tensor): Promise<number[][]> => {
      const { outputs } = forward(network.model, { ...network, inputs: [given] });
      const values = await Promise.all(outputs.map(numbers));
      expect(outputs.map(({ dtype }) => dtype)).toEqual(['float32', 'float32']);
      dispose(outputs, given);
      return values;
    };
    const wanted = await outputsOf(tensor(pixels, [1, 2, 2, 1]));
    expect(wanted[1]).toEqual(pixels);
    expect(await outputsOf(tensor(pixels, [1, 2, 2, 1], type))).toEqual(wanted);
    dispose(network.parameters);
  });

  it('refuses what is no tensor of numbers, naming the input', () => {
    const x = input([2], { name: 'image' });
    const graph = model({ inputs: x, outputs: flatten()(x) });
    const run = (inputs: unknown) => () => forward(graph, { ...none, inputs: inputs as Tensor[] });
    const gone = tensor([[1, 2]]);
    expect(run(gone)).toThrow('forward: inputs is a tensor [1, 2] of float32, but must be a list of tensors');
    gone.dispose();
    expect(run([gone])).toThrow("forward: input 'image', [1, 2], is disposed");
    expect(run([new Float32Array(2)])).toThrow("forward: input 'image' is a Float32Array of 2 values");
    expect(run([undefined])).toThrow("forward: input 'image' is undefined, but must be a tensor");
    expect(run([tensor([['a', 'b']])])).toThrow("forward: input 'image' is a tensor [1, 2] of string");
  });

  it('gives tensors that the caller may dispose, each by itself', async () => {
    const x = input([2]);
    const y = flatten()(x);
    const graph = model({ inputs: x, outputs: [y, y, x] });
    const images = tensor([[1, 2]]);
    const before = memory().numTensors;
    const { outputs, features } = forward(graph, { ...none, inputs: [images], features: ['flatten', 'input'] });
    expect(memory().numTensors).toBe(before + 5);
    dispose(outputs[0], outputs[2], features);
    expect(await numbers(outputs[1]!)).toEqual([1, 2]);
    dispose(outputs[1]);
    expect(await numbers(images)).toEqual([1, 2]);
    expect(memory().numTensors).toBe(before);
    images.dispose();
  });

  it('gives back what nothing needs any more', () => {
    const counts: number[] = [];
    const watch = (): LayerFunction =>
      defineLayer({
        type: 'watch',
        options: {},
        outputShapes: ([x]) => [x!],
        apply([x]) {
          counts.push(memory().numTensors);
          return { outputs: [ops.reshape(x!, x!.shape)] };
        },
      });
    const images = tensor([[1, 2]]);
    const graph = sequential([input([2]), ...Array.from({ length: 6 }, watch)]);
    dispose(forward(graph, { ...none, inputs: [images] }).outputs);
    expect(new Set(counts).size).toBe(1);
    images.dispose();
  });

  it('draws at random outside training if it is told by what, with the moving statistics', async () => {
    const graph = sequential([
      input([6]),
      batchNorm(),
      dropout({ rate: 0.5 }),
      gaussianNoise({ standardDeviation: 1 }),
    ]);
    const network = initialize(graph, { seed: 1 });
    const x = tensor([1, 2, 3, 4, 5, 6, 3, 3, 3, 3, 3, 3], [2, 6]);
    const valuesOf = async (options: Pick<ForwardOptions, 'random'>): Promise<number[]> => {
      const { outputs, state } = forward(graph, { ...network, inputs: [x], ...options });
      expect(state['batchNorm/movingMean']).toBe(network.state['batchNorm/movingMean']);
      return numbers(outputs[0]!);
    };
    const random = { seed: 4, step: 0, sampleOffset: 0 };
    const evaluated = await valuesOf({});
    const drawn = await valuesOf({ random });
    expect(drawn.filter((value) => value === 0).length).toBeGreaterThan(1);
    drawn.forEach((value, place) => expect(value === 0 || value === 2 * evaluated[place]!).toBe(true));
    expect(await valuesOf({ random: { ...random, step: 1 } })).not.toEqual(drawn);
  });

  it('hands state through, new where training made some', async () => {
    const network = initialize(sequential([input([1]), batchNorm({ momentum: 0.9, name: 'norm' }), batchNorm()]), {
      seed: 1,
    });
    const inputs = [tensor([[1], [3], [8]])];
    const evaluated = forward(network.model, { ...network, inputs });
    expect(evaluated.state).toEqual(network.state);
    const trained = forward(network.model, { ...network, inputs, training: true });
    expect(Object.keys(trained.state)).toEqual(Object.keys(network.state));
    expect(trained.state['norm/movingMean']).not.toBe(network.state['norm/movingMean']);
    expect((await numbers(trained.state['norm/movingMean']!))[0]).toBeCloseTo(0.4, 5);
    expect((await numbers(trained.state['norm/movingVariance']!))[0]).toBeCloseTo(0.9 + 0.1 * (26 / 3), 5);
    expect(await numbers(network.state['norm/movingMean']!)).toEqual([0]);
    dispose(inputs, evaluated.outputs, trained.outputs, trained.state, network.parameters, network.state);
  });

  it("updates a shared batch norm's statistics once for each call, one after the other", async () => {
    const [left, right] = [input([1]), input([1])];
    const shared = batchNorm({ momentum: 0.5, convention: 'pytorch' });
    const network = initialize(model({ inputs: [left, right], outputs: [shared(left), shared(right)] }), { seed: 1 });
    const inputs = [tensor([[2], [4]]), tensor([[10], [30]])];
    const before = memory().numTensors;
    const { outputs, state } = forward(network.model, { ...network, inputs, training: true });
    expect(memory().numTensors).toBe(before + 4);
    expect((await numbers(state['batchNorm/movingMean']!))[0]).toBeCloseTo(0.5 * 1.5 + 0.5 * 20, 4);
    // Unbiased variances 2 and 200.
    expect((await numbers(state['batchNorm/movingVariance']!))[0]).toBeCloseTo(0.5 * 1.5 + 0.5 * 200, 3);
    dispose(inputs, outputs, state, network.parameters, network.state);
  });

  it('drops other values in each call, step and sample, and the same ones again', async () => {
    const [a, b] = [input([200]), input([200])];
    const graph = model({ inputs: [a, b], outputs: [dropout({ rate: 0.5 })(a), dropout({ rate: 0.5 })(b)] });
    const ones = tensor(new Float32Array(400).fill(1), [2, 200]);
    const masks = async (random: { seed: number; step: number; sampleOffset: number }): Promise<string[]> => {
      const { outputs } = forward(graph, { ...none, inputs: [ones, ones], training: true, random });
      const values = await Promise.all(outputs.map(numbers));
      dispose(outputs);
      return values.flatMap((row) => [row.slice(0, 200).join(), row.slice(200).join()]);
    };
    const first = await masks({ seed: 1, step: 1, sampleOffset: 0 });
    expect(new Set(first).size).toBe(4);
    expect(await masks({ seed: 1, step: 1, sampleOffset: 0 })).toEqual(first);
    expect((await masks({ seed: 1, step: 1, sampleOffset: 1 }))[0]).toBe(first[1]);
    for (const other of [
      { seed: 2, step: 1, sampleOffset: 0 },
      { seed: 1, step: 2, sampleOffset: 0 },
    ]) {
      expect((await masks(other)).filter((mask) => first.includes(mask))).toEqual([]);
    }
    ones.dispose();
  });

  it('drops as many values as asked, and keeps the expectation', async () => {
    const graph = sequential([input([20_000]), dropout({ rate: 0.2 })]);
    const ones = fill([1, 20_000], 1);
    const { outputs } = forward(graph, { ...none, inputs: [ones], training: true });
    const values = await numbers(outputs[0]!);
    expect(new Set(values)).toEqual(new Set([0, 1.25]));
    // Five standard deviations of a binomial share.
    expect(Math.abs(values.filter((value) => value === 0).length / 20_000 - 0.2)).toBeLessThan(
      5 * Math.sqrt((0.2 * 0.8) / 20_000),
    );
    dispose(ones, outputs);
  });

  it('refuses what does not fit', () => {
    const network = initialize(sequential([input([2]), dense({ units: 1 })]), { seed: 1 });
    const [good, bad, flat] = [tensor([[1, 2]]), tensor([[1, 2, 3]]), tensor([1, 2])];
    const run =
      (inputs: Tensor[], more: { parameters?: Values; features?: string[] } = {}) =>
      () =>
        forward(network.model, { ...network, inputs, ...more });
    expect(run([bad])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: forward: input 'input' is [1, 3], but the model wants [N, 2].]`,
    );
    expect(run([flat])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: forward: input 'input' is [2], but the model wants [N, 2]. The first axis is the batch: one sample needs it too.]`,
    );
    expect(run([good, good])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: forward: got 2 inputs, but the model has 1.]`,
    );
    expect(run([good], { parameters: {} })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: forward: there is no tensor 'dense/kernel' among the parameters and the state.]`,
    );
    expect(run([good], { features: ['dens'] })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: forward: the model has no node "dens". Did you mean 'dense'? Known: input, dense.]`,
    );
    expect(() => initialize(network.model, { seed: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: initialize: seed is -1, but must be an integer from 0 to 4294967295.]`,
    );
    const short = sequential([input([2]), dense({ units: 1, kernelInitializer: () => new Float32Array(3) })]);
    expect(() => initialize(short, { seed: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: initialize: the initialiser of 'dense/kernel' gave 3 values, but its shape [2, 1] needs 2.]`,
    );
    dispose(good, bad, flat, network.parameters);
  });
});
