import { ops as definitions } from '@striate/core/backend';
import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { ops, streams, use } from '@striate/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { tensorflow, type TensorFlowBackend } from './tensorflow.ts';
import { skipReason } from './testing.ts';

const asked = vi.hoisted(() => ({ plain: false, operations: new Set<string>() }));
vi.mock('./with-fallback.ts', () => ({
  withFallback(operation: string, fast: () => unknown, plain: () => unknown): unknown {
    asked.operations.add(operation);
    return asked.plain ? plain() : fast();
  },
}));

const random = (shape: number[], shift = 0): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => Math.sin(seed++) + shift),
    shape,
  );
let seed = crypto.getRandomValues(new Uint16Array(1))[0]!;

const geometry = { strides: [2, 1], padding: [1, 0, 2, 1], dilations: [1, 2], groups: 1 } as const;
const pooling = { poolSize: [2, 3], strides: [2, 2], padding: [0, 0, 0, 0], activation: 'relu' } as const;
const rates = { learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1, decays: [true, false] };
const source = { seed: 4_000_000_000, stream: streams.dropout, call: 3_000_000_000, step: 5, sampleOffset: 2 };

function adam(decoupled: boolean): Tensor[] {
  const of = (shift = 0): Record<string, Tensor> => ({
    kernel: random([3, 3, 2, 17], shift),
    bias: random([17], shift),
  });
  const values = { parameters: of(), gradients: of(), means: of(), variances: of(1) };
  return Object.values(ops.adam(values, { ...rates, decoupled, step: 7 })).flatMap((lists) => Object.values(lists));
}

const cases: Record<string, { operation: string; compute: () => Tensor[] }> = {
  'convolution with bias': {
    operation: '_MklNativeConv2DWithBias',
    compute: () => [
      ops.conv2d({ x: random([2, 9, 8, 3]), kernel: random([3, 2, 3, 5]), bias: random([5]) }, { ...geometry, activation: 'relu' }), // prettier-ignore
    ],
  },
  'max pooling': {
    operation: '_MklNativeMaxPool',
    compute: () => [ops.maxPool2d(random([2, 7, 9, 5]), pooling)],
  },
  "max pooling's gradient": {
    operation: '_MklNativeMaxPoolGrad',
    compute() {
      const x = random([2, 7, 9, 5]);
      const y = ops.maxPool2d(x, pooling);
      return definitions.maxPool2dGradient({ dy: random(y.shape), x, y }, pooling);
    },
  },
  dropout: {
    operation: 'StriateDropout',
    compute: () => [
      ops.dropout(random([3, 29, 11]), { ...source, rate: 0.7 }),
      ops.dropout(random([300]), { ...source, rate: 0.2, scale: 1.3, shift: -0.4, replacement: 5 }),
    ],
  },
  adam: { operation: 'StriateAdam', compute: () => adam(false) },
  adamW: { operation: 'StriateAdam', compute: () => adam(true) },
};

describe.skipIf(skipReason !== undefined)(`without some operations (seed ${seed}, skipped: ${skipReason})`, () => {
  let backend: TensorFlowBackend;
  beforeEach(async () => {
    backend = tensorflow({ threads: 2 });
    await use(backend);
  });
  afterEach(() => backend.stop());

  test.each(Object.entries(cases))('%s is the same', async (_, { operation, compute }) => {
    const start = seed;
    const valuesOf = async (plain: boolean): Promise<number[]> => {
      Object.assign(asked, { plain, operations: new Set() });
      seed = start;
      const values = await Promise.all(compute().map((result) => result.data()));
      expect([...asked.operations]).toContain(operation);
      return values.flatMap((list) => [...list]);
    };
    const [wanted, got] = [await valuesOf(true), await valuesOf(false)];
    expect(got.length).toBe(wanted.length);
    const largest = Math.max(...wanted.map(Math.abs));
    for (const [index, value] of got.entries()) expect(Math.abs(value - wanted[index]!) / largest).toBeLessThan(3e-6);
  });
});
