import { ops as definitions } from '@striate/core/backend';
import { engine, env, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { ops, randomBits, randomNormal, sizeOf, stock, streams, use, valueAndGradients } from '@striate/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tensorflow, type TensorFlowBackend } from './tensorflow.ts';
import { skipReason } from './testing.ts';

test('impossible options', () => {
  expect(() => tensorflow({ gpu: true } as object)).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: tensorflow: there is no option 'gpu'. Known: device, threads, tf32.]`,
  );
  expect(() => tensorflow({ threads: 1.5 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: tensorflow: threads is 1.5, but must be a whole number of at least 1.]`,
  );
  expect(() => tensorflow({ device: 'cuda' as 'gpu' })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: tensorflow: device is "cuda". Known: auto, cpu, gpu.]`,
  );
  expect(() => tensorflow().stats()).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: tensorflow: the backend is not started; call use(tensorflow()) first.]`,
  );
});

describe.skipIf(skipReason !== undefined)(`TensorFlow${skipReason ? ` (skipped: ${skipReason})` : ''}`, () => {
  let backend: TensorFlowBackend;
  beforeEach(async () => {
    env().set('IS_TEST', true); // the engine then throws where a kernel leaves a tensor behind
    backend = tensorflow({ threads: 2 });
    await use(backend);
  });
  afterEach(() => backend.stop());

  const source = { seed: 7, stream: streams.dropout, call: 3, step: 5, sampleOffset: 2 };

  test('gives all of its memory back, also of tensors that nobody disposed, and starts again', async () => {
    const x = tensor([1, 2, 3]);
    ops.dropout(x, { ...source, rate: 0.5 });
    expect(await ops.activation(x, 'relu').data()).toEqual(Float32Array.of(1, 2, 3));
    const { nativeTensors } = backend.stats();
    expect(nativeTensors).toBeGreaterThan(2);
    await backend.stop();
    await use(backend);
    expect(backend.stats().nativeTensors).toBe(0);
    expect(await ops.add(tensor([1]), tensor([2])).data()).toEqual(Float32Array.of(3));
  });

  test('an operation of the engine that TensorFlow does not have for a type names ours', async () => {
    const mask = tensor([1, 0, 1], [3], 'bool');
    expect(() => stock.mul(mask, mask)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: tensorflow: TensorFlow's Multiply does not take what it was given, of bool. Write ops.multiply, which takes it as the numbers that it is.]`,
    );
    expect(() => stock.argMax(mask)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: tensorflow: TensorFlow's ArgMax does not take what it was given, of bool. Write ops.argMax, which takes it as the numbers that it is.]`,
    );
    expect(await ops.multiply(mask, mask).data()).toEqual(Float32Array.of(1, 0, 1));
    expect(await ops.argMax(mask).data()).toEqual(Int32Array.of(0));
  });

  test('registers nothing under the name of stock tfjs-node', () => {
    expect(engine().registryFactory).not.toHaveProperty('tensorflow');
    expect(backend.engineName).not.toContain('_');
  });

  test('a training step leaves no tensor of TensorFlow behind', async () => {
    const x = tensor(
      Float32Array.from({ length: 2 * 6 * 6 }, (_, index) => Math.sin(index)),
      [2, 6, 6, 1],
    );
    const labels = tensor([0, 3], [2], 'int32');
    let parameters: Record<string, Tensor> = {
      kernel: tensor(
        Float32Array.from({ length: 36 }, (_, index) => Math.cos(index)),
        [3, 3, 1, 4],
      ),
    };
    let moments = { means: { kernel: tensor(new Float32Array(36), [3, 3, 1, 4]) }, variances: { kernel: tensor(new Float32Array(36), [3, 3, 1, 4]) } }; // prettier-ignore
    const counts: number[] = [];
    for (let step = 1; step <= 4; step++) {
      const { loss, gradients } = valueAndGradients(({ kernel }) => {
        const geometry = { strides: [1, 1], padding: [1, 1, 1, 1], dilations: [1, 1], groups: 1 } as const;
        const y = ops.conv2d({ x, kernel: kernel! }, { ...geometry, padding: [1, 1, 1, 1], activation: 'relu' });
        const pooled = ops.maxPool2d(y, { poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] });
        const dropped = ops.dropout(pooled, { ...source, step, rate: 0.3 });
        const logits = ops.globalAveragePool2d(dropped);
        return { loss: ops.mean(ops.softmaxCrossEntropy({ logits, labels }, { labelSmoothing: 0.1 })) };
      }, parameters);
      const options = {
        learningRate: 0.01,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weightDecay: 0.1,
        decoupled: true,
      };
      const next = ops.adam({ parameters, gradients, ...moments }, { ...options, decays: [true], step });
      expect(Number.isFinite((await loss.data())[0])).toBe(true);
      for (const old of [loss, gradients['kernel']!, parameters['kernel']!, moments.means.kernel, moments.variances.kernel]) old.dispose(); // prettier-ignore
      parameters = next.parameters;
      moments = { means: { kernel: next.means['kernel']! }, variances: { kernel: next.variances['kernel']! } };
      counts.push(backend.stats().tensors);
    }
    expect(new Set(counts).size).toBe(1);
    // x, labels, and what belongs to the caller: parameter, mean and variance.
    expect(counts[0]).toBe(5);
  });

  test('dropout keeps the elements that the random bits of core keep', async () => {
    const length = 50;
    const y = ops.dropout(tensor(new Float32Array(3 * length).fill(1), [3, length]), { ...source, rate: 0.4 });
    const kept = Array.from(await y.data(), (value) => value !== 0);
    const { sampleOffset, ...key } = source;
    const wanted = [0, 1, 2].flatMap((sample) =>
      Array.from(randomBits(key, { sample: sampleOffset + sample, length }), (bits) => bits >= 0.4 * 2 ** 32),
    );
    expect(kept).toEqual(wanted);
  });

  test('of equal maxima in a window the first receives the gradient, with padding and without', async () => {
    const x = tensor(new Float32Array(16).fill(3), [1, 4, 4, 1]);
    const gradientOf = async (geometry: ops.PoolGeometry): Promise<number[]> => {
      const y = ops.maxPool2d(x, geometry);
      const dy = tensor(
        Float32Array.from({ length: y.size }, (_, place) => place + 1),
        y.shape,
      );
      const [dx] = definitions.maxPool2dGradient({ dy, x, y }, { ...geometry, activation: 'linear' });
      return Array.from(await dx!.data());
    };
    expect(await gradientOf({ poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] })).toEqual(
      [1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0], // prettier-ignore
    );
    expect(await gradientOf({ poolSize: [2, 2], strides: [2, 2], padding: [1, 1, 1, 1] })).toEqual(
      [1, 2, 0, 3, 4, 5, 0, 6, 0, 0, 0, 0, 7, 8, 0, 9], // prettier-ignore
    );
  });

  test.each(['linear', 'relu'] as const)(
    "the gradient of a bias before max pooling (%s), taken of the pooled gradient, is that of all the convolution's",
    async (activation) => {
      const key = { seed: 5, stream: streams.noise, call: 0, step: 0 };
      const draw = (call: number, shape: number[]): Tensor =>
        tensor(randomNormal({ ...key, call }, sizeOf(shape)), shape);
      const window = { strides: [1, 1], dilations: [1, 1], groups: 1, padding: [0, 0, 0, 0] } as const;
      const [x, kernel, bias, weights] = [draw(0, [2, 9, 9, 3]), draw(1, [3, 3, 3, 4]), draw(2, [4]), draw(3, [36, 1])];
      // Windows that overlap, and leave the last row out.
      const pool = { poolSize: [3, 3], strides: [2, 2], padding: [1, 0, 1, 0], activation } as const;
      const loss = (convolved: Tensor): Tensor =>
        ops.mean(ops.matMul({ a: ops.reshape(ops.maxPool2d(convolved, pool), [2, 36]), b: weights }));
      const convolve = (given: Tensor): Tensor =>
        ops.conv2d({ x, kernel, bias: given }, { ...window, activation: 'linear' });
      const [found, pieces] = [
        valueAndGradients(({ bias: given }) => ({ loss: loss(convolve(given!)) }), { bias }),
        valueAndGradients(({ convolved }) => ({ loss: loss(convolved!) }), { convolved: convolve(bias) }),
      ];
      const [sums] = definitions.biasGradient({ dy: pieces.gradients['convolved']! }, {});
      const wanted = await sums!.data();
      const got = await found.gradients['bias']!.data();
      got.forEach((value, filter) => expect(value).toBeCloseTo(wanted[filter]!, 6));
      expect(Math.max(...wanted.map(Math.abs))).toBeGreaterThan(1e-2);
    },
  );

  test('a tensor does not see what is written into the array that it came from, nor into one read from it', async () => {
    const values = Float32Array.of(1, 2);
    const x = tensor(values);
    values[0] = 9;
    const read = await x.data();
    read[1] = 9;
    expect(await x.data()).toEqual(Float32Array.of(1, 2));
    expect(await ops.add(x, x).data()).toEqual(Float32Array.of(2, 4));
  });

  test('the event loop has a turn before a read', async () => {
    let turns = 0;
    setImmediate(() => turns++);
    await ops.add(tensor([1]), tensor([2])).data();
    expect(turns).toBe(1);
  });

  test('settings that this process has fixed cannot be others', async () => {
    expect(await tensorflow({ threads: 1 }).probe()).toMatchInlineSnapshot(`
      {
        "available": false,
        "reason": "This process has loaded TensorFlow with 2 threads, which stays.",
        "remedy": "Use these settings, or another process.",
      }
    `);
  });

  test("device 'gpu' without a GPU says why", async () => {
    const found = await tensorflow({ device: 'gpu' }).probe();
    if (found.available) return expect(found.device).toContain('GPU');
    expect(found.reason).toMatch(/no NVIDIA driver|built without CUDA|lists no GPU/);
    expect(found.remedy).not.toBe('');
    await expect(use(tensorflow({ device: 'gpu' }))).rejects.toThrow(found.reason);
  });

  test('an error of TensorFlow comes through, and the kernel gives back what it had made', () => {
    const { nativeTensors } = backend.stats();
    const x = tensor([1, 2], [1, 1, 1, 2]);
    const dy = tensor([1], [1, 1, 1, 1]);
    const geometry = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1 };
    expect(() =>
      engine().runKernel('striate.Conv2dKernelGradient', { x, dy }, { ...geometry, kernelShape: [5, 5, 2, 1] }),
    ).toThrow(/Conv2DBackpropFilter|filter|Status/i);
    x.dispose();
    dy.dispose();
    // The sizes stay as constants.
    expect(backend.stats().nativeTensors - nativeTensors).toBeLessThanOrEqual(1);
  });
});
