import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dispose, ops, tensor, tidy, use, valueAndGradients, type Tensor } from '@striate/core';
import { cpu, nudge } from '@striate/core/testing';
import { loadLibrary } from '../library/load-library.ts';
import { onednn, type OneDnnBackend } from '../onednn.ts';

const missing = await loadLibrary().then(
  () => undefined,
  (error: Error) => error.message,
);

/** Seeded anew in every run: a failure prints its seed. */
const seed = Date.now() >>> 0;
let draws = seed;
function random(shape: readonly number[], scale = 1): Float32Array {
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    draws = (Math.imul(draws, 1664525) + 1013904223) >>> 0;
    return scale * (draws / 2 ** 31 - 1);
  });
}

interface Trial {
  shapes: Readonly<Record<string, readonly number[]>>;
  compute(inputs: Readonly<Record<string, Tensor>>): Tensor;
  scale?: number;
}

const pool = { poolSize: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] } as const;
const x = { x: [4, 13, 14, 32] };
const affine = { ...x, gamma: [32], beta: [32] };
const elementWise = (kind: Parameters<typeof ops.activation>[1], scale = 8): Trial => ({
  shapes: { x: [7, 3000 + scale] },
  compute: (inputs) => ops.activation(inputs['x']!, kind),
  scale,
});

const trials: Readonly<Record<string, Trial>> = {
  'convolution with residual and relu': {
    shapes: { x: [3, 11, 12, 16], kernel: [3, 3, 16, 32], bias: [32], residual: [3, 6, 6, 32] },
    compute: ({ x, kernel, bias, residual }) =>
      ops.residualConv2d(
        { x: x!, kernel: kernel!, bias: bias!, residual: residual! },
        { strides: [2, 2], padding: [1, 1, 1, 1], dilations: [1, 1], groups: 1, activation: 'relu' },
      ),
  },
  'convolution of single pixels with residual, without bias': {
    shapes: { x: [2, 7, 7, 64], kernel: [1, 1, 64, 256], residual: [2, 7, 7, 256] },
    compute: ({ x, kernel, residual }) =>
      ops.residualConv2d(
        { x: x!, kernel: kernel!, residual: residual! },
        { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1, activation: 'linear' },
      ),
  },
  'batch norm': {
    shapes: affine,
    compute: ({ x, gamma, beta }) => ops.batchNorm({ x: x!, gamma: gamma!, beta: beta! }, { epsilon: 1e-3 }).y,
  },
  'batch norm with relu': {
    shapes: affine,
    compute: ({ x, gamma, beta }) =>
      ops.batchNorm({ x: x!, gamma: gamma!, beta: beta! }, { epsilon: 1e-3, activation: 'relu' }).y,
  },
  'batch norm with residual': {
    shapes: { x: [5, 13, 14, 32], gamma: [32], beta: [32], residual: [5, 13, 14, 32] },
    compute: ({ x, gamma, beta, residual }) =>
      ops.batchNorm({ x: x!, gamma: gamma!, beta: beta!, residual: residual! }, { epsilon: 1e-3 }).y,
  },
  'batch norm with residual and relu': {
    shapes: { x: [6, 13, 14, 32], gamma: [32], beta: [32], residual: [6, 13, 14, 32] },
    compute: ({ x, gamma, beta, residual }) =>
      ops.batchNorm({ x: x!, gamma: gamma!, beta: beta!, residual: residual! }, { epsilon: 1e-3, activation: 'relu' })
        .y,
  },
  'batch norm of rows': {
    shapes: { x: [600, 48], gamma: [48], beta: [48] },
    compute: ({ x, gamma, beta }) => ops.batchNorm({ x: x!, gamma: gamma!, beta: beta! }, { epsilon: 1e-3 }).y,
  },
  'max pooling': { shapes: x, compute: ({ x }) => ops.maxPool2d(x!, pool) },
  'max pooling with relu': { shapes: x, compute: ({ x }) => ops.maxPool2d(x!, { ...pool, activation: 'relu' }) },
  'max pooling that leaves out rows': {
    shapes: x,
    compute: ({ x }) => ops.maxPool2d(x!, { poolSize: [2, 3], strides: [2, 3], padding: [0, 0, 0, 0] }),
  },
  'average pooling': { shapes: x, compute: ({ x }) => ops.averagePool2d(x!, { ...pool, countPadding: true }) },
  'average pooling of real pixels': {
    shapes: x,
    compute: ({ x }) => ops.averagePool2d(x!, { ...pool, countPadding: false }),
  },
  sigmoid: elementWise('sigmoid'),
  tanh: elementWise('tanh'),
  elu: elementWise('elu'),
  softplus: elementWise('softplus'),
  gelu: elementWise('gelu'),
  silu: elementWise('silu'),
  mish: elementWise('mish'),
  'gelu far out': elementWise('gelu', 200),
  'mish far out': elementWise('mish', 200),
  'softplus far out': elementWise('softplus', 200),
  softmax: elementWise('softmax'),
  logSoftmax: elementWise('logSoftmax'),
  'layer norm': {
    shapes: { x: [130, 200], gamma: [200], beta: [200] },
    compute: ({ x, gamma, beta }) => ops.layerNorm({ x: x!, gamma: gamma!, beta: beta! }, { epsilon: 1e-3 }),
  },
  'local response norm': {
    shapes: x,
    compute: ({ x }) => ops.localResponseNorm(x!, { size: 5, alpha: 0.1, beta: 0.75, k: 2 }),
  },
  'nearest, twice as large': {
    shapes: x,
    compute: ({ x }) => ops.resize2d(x!, { size: [26, 28], interpolation: 'nearest' }),
  },
  'bilinear, larger': {
    shapes: x,
    compute: ({ x }) => ops.resize2d(x!, { size: [29, 31], interpolation: 'bilinear' }),
  },
  'bilinear, smaller': {
    shapes: x,
    compute: ({ x }) => ops.resize2d(x!, { size: [7, 9], interpolation: 'bilinear' }),
  },
};

type Values = Readonly<Record<string, Float32Array>>;

/** The output and every gradient, weighted differently at each place. */
async function results({ shapes, compute }: Trial, values: Values): Promise<Record<string, Float32Array>> {
  const inputs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, tensor(values[name]!, [...shape])]),
  );
  const y = tidy(() => compute(inputs));
  const weights = tensor(
    Float32Array.from({ length: y.size }, (_, index) => Math.sin(index)),
    y.shape,
  );
  const { loss, gradients } = valueAndGradients(
    (parameters) => ({ loss: ops.mean(ops.multiply(compute(parameters), weights)) }),
    inputs,
  );
  const all = { y, ...gradients };
  const read = await Promise.all(
    Object.entries(all).map(async ([name, result]) => [name, (await result.data()) as Float32Array] as const),
  );
  dispose([y, weights, loss, ...Object.values(gradients), ...Object.values(inputs)]);
  return Object.fromEntries(read);
}

const nudged = (values: Values, sign: 1 | -1): Values =>
  Object.fromEntries(Object.entries(values).map(([name, list]) => [name, nudge(list, sign)]));
const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const distance = (a: Float32Array, b: Float32Array): number => largest(a.map((value, index) => value - b[index]!));

describe.skipIf(missing)('what oneDNN computes', () => {
  let backend: OneDnnBackend;
  const values = new Map<string, Values>();
  const wanted = new Map<string, Record<string, Float32Array>>();
  /** By how much a result may differ: 2e-5 of its largest number, and what rounding may cost. */
  const allowed = new Map<string, Record<string, number>>();
  beforeAll(async () => {
    await use(cpu());
    for (const [name, trial] of Object.entries(trials)) {
      const inputs = Object.fromEntries(
        Object.entries(trial.shapes).map(([input, shape]) => [input, random(shape, trial.scale)]),
      );
      const reference = await results(trial, inputs);
      const moved = [await results(trial, nudged(inputs, 1)), await results(trial, nudged(inputs, -1))];
      const slack = (part: string): number =>
        Math.max(...moved.map((other) => distance(other[part]!, reference[part]!)));
      values.set(name, inputs);
      wanted.set(name, reference);
      allowed.set(
        name,
        Object.fromEntries(Object.entries(reference).map(([part, list]) => [part, 2e-5 * largest(list) + slack(part)])),
      );
    }
    backend = onednn({ threads: 2 });
    await use(backend);
  }, 120_000);
  afterAll(() => backend.stop());

  test.each(Object.entries(trials))('%s: the references, and the same bits in every run', async (name, trial) => {
    const before = backend.stats();
    const got = await results(trial, values.get(name)!);
    expect(backend.stats().primitives).toBeGreaterThan(before.primitives);
    expect(backend.stats().fallbacks).toEqual(before.fallbacks);
    for (const [part, reference] of Object.entries(wanted.get(name)!)) {
      expect.soft(distance(got[part]!, reference), `${part}, seed ${seed}`).toBeLessThan(allowed.get(name)![part]!);
    }
    const { bytesInUse } = backend.stats();
    expect(await results(trial, values.get(name)!)).toEqual(got);
    expect(backend.stats().bytesInUse).toBe(bytesInUse);
  });
});
