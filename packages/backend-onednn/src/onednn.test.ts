import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { dispose, memory, ops, tensor, use, valueAndGradients, type Tensor } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { onednn, type OneDnnBackend } from './onednn.ts';
import type { OneDnnOptions } from './options.ts';
import { loadLibrary } from './library/load-library.ts';

const missing = await loadLibrary().then(
  () => undefined,
  (error: Error) => error.message,
);
const required = (process.env['STRIATE_REQUIRE'] ?? '').split(',').includes('onednn');

let draws = 0;
function random(shape: readonly number[], scale = 1): Tensor {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    draws = (Math.imul(draws, 1664525) + 1013904223) >>> 0;
    return scale * (draws / 2 ** 31 - 1);
  });
  return tensor(values, [...shape], 'float32');
}

const geometry = { strides: [1, 1], padding: [1, 1, 1, 1], dilations: [1, 1], groups: 1 } as const;

/** All passes of a small network's kind, from the same numbers every time. */
async function compute(seed: number, channels = 16): Promise<Float32Array[]> {
  draws = seed;
  const values = { x: random([2, 9, 7, channels]), kernel: random([3, 3, channels, 24], 0.3), bias: random([24]) };
  const weights = { w: random([9 * 7 * 24, 10], 0.1) };
  const { loss, gradients } = valueAndGradients(
    ({ x, kernel, bias, w }) => {
      const y = ops.conv2d({ x: x!, kernel: kernel!, bias: bias! }, { ...geometry, activation: 'relu' });
      const logits = ops.matMul({ a: ops.reshape(y, [2, 9 * 7 * 24]), b: w! });
      return { loss: ops.mean(ops.activation(logits, 'tanh')) };
    },
    { ...values, ...weights },
  );
  const results = [loss, ...Object.values(gradients)];
  const read = (await Promise.all(results.map((result) => result.data()))) as Float32Array[];
  dispose([...results, ...Object.values(values), ...Object.values(weights)]);
  return read;
}

function furthest(ours: Float32Array, theirs: Float32Array): number {
  const largest = Math.max(...theirs.map(Math.abs));
  return Math.max(...ours.map((value, index) => Math.abs(value - theirs[index]!))) / largest;
}

test.runIf(required)('the library is there, since STRIATE_REQUIRE says so', () => {
  expect(missing).toBeUndefined();
});

describe.skipIf(missing)('with the library', () => {
  let backend: OneDnnBackend;
  const start = async (options: OneDnnOptions = {}): Promise<void> => {
    backend = onednn({ threads: 2, ...options });
    await use(backend);
  };
  let reference: Float32Array[];
  beforeAll(async () => {
    await use(cpu());
    reference = await compute(1);
  });
  afterEach(async () => backend.stop());

  test('computes what the references compute', async () => {
    await start();
    const ours = await compute(1);
    ours.forEach((values, index) => expect(furthest(values, reference[index]!)).toBeLessThan(2e-5));
  });

  test('takes its convolutions and products from oneDNN', async () => {
    await start();
    await compute(1);
    // forward, two gradients of the convolution, three products; packing of kernels counts with them
    expect(backend.stats().primitives).toBeGreaterThanOrEqual(6);
  });

  test('gives the same bits in every run, also after a new start', async () => {
    await start();
    const first = await compute(3);
    const again = await compute(3);
    expect(again).toEqual(first);
    await backend.stop();
    await start();
    expect(await compute(3)).toEqual(first);
  });

  test('bfloat16 costs accuracy, but not much', async (context) => {
    const { bindings } = await loadLibrary();
    context.skip((bindings.instructionSet & 231) !== 231, 'this processor does not multiply bfloat16 numbers');
    await start({ precision: 'bfloat16' });
    const ours = await compute(1);
    const errors = ours.map((values, index) => furthest(values, reference[index]!));
    expect(Math.max(...errors)).toBeLessThan(0.03);
    expect(Math.max(...errors)).toBeGreaterThan(1e-4);
    expect(backend.stats().device).toContain('bfloat16');
  });

  test('keeps a kernel that is used again in its packed form, and gives it back with the tensor', async () => {
    await start();
    const [x, kernel] = [random([1, 8, 8, 32]), random([3, 3, 32, 32])];
    const run = (): void => ops.conv2d({ x, kernel }, { ...geometry, activation: 'linear' }).dispose();
    run();
    const once = backend.stats().bytesInUse;
    run();
    const kept = backend.stats().bytesInUse;
    expect(kept - once).toBeGreaterThanOrEqual(9 * 32 * 32 * 4);
    run();
    expect(backend.stats().bytesInUse).toBe(kept);
    const before = backend.stats().bytesInUse;
    kernel.dispose();
    expect(before - backend.stats().bytesInUse).toBeGreaterThanOrEqual(2 * 9 * 32 * 32 * 4);
    x.dispose();
  });

  test('keeps a bounded number of primitives over many shapes, and no tensors', async () => {
    await start();
    const kernel = random([3, 3, 4, 4]);
    const count = memory().numTensors;
    for (let size = 3; size < 1200; size++) {
      const x = random([1, 3, size, 4]);
      ops.conv2d({ x, kernel }, { ...geometry, activation: 'linear' }).dispose();
      x.dispose();
    }
    expect(backend.stats().primitives).toBeLessThanOrEqual(1024);
    expect(memory().numTensors).toBe(count);
    kernel.dispose();
  }, 60_000);

  test('says what it runs on', async () => {
    await start();
    const { device, version, instructionSet, library } = backend.stats();
    expect(version).toMatch(/^3\.\d+\.\d+$/);
    expect(device).toContain(instructionSet);
    expect(device).toContain('2 threads');
    expect(library).toMatch(/libdnnl/);
  });
});

test('refuses options that make no sense', () => {
  expect(() => onednn({ path: 'libdnnl.so.3' } as object)).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: onednn: there is no option 'path'. Known: threads, library, precision, maximumBytes, profile.]`,
  );
  expect(() => onednn({ precision: 'float16' as 'float32' })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: onednn: precision is "float16". Did you mean 'bfloat16'? Known: float32, bfloat16.]`,
  );
});
