import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchMatMul, fusedMatMul } from './batch-mat-mul.ts';
import { random, startTrials, whole, type Data, type KernelTrials } from '../testing/kernel-trials.ts';
import { matMul } from './mat-mul.ts';
import { expectClose } from '../testing/naive-convolution.ts';

interface Sizes {
  M: number;
  K: number;
  N: number;
}

/** op(a) op(b) of one matrix each, in float64, from the definition. */
function naive(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { M, K, N }: Sizes,
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
): Float64Array {
  const y = new Float64Array(M * N);
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      for (let k = 0; k < K; k++) {
        y[m * N + n]! += a[transposeA ? k * M + m : m * K + k]! * b[transposeB ? n * K + k : k * N + n]!;
      }
    }
  }
  return y;
}

const orders = [false, true].flatMap((transposeA) => [false, true].map((transposeB) => ({ transposeA, transposeB })));

const sizes: Sizes[] = [
  { M: 1, K: 1, N: 1 },
  { M: 6, K: 4, N: 8 },
  { M: 5, K: 7, N: 3 },
  { M: 64, K: 1600, N: 128 },
  { M: 64, K: 128, N: 10 },
  { M: 1, K: 300, N: 33 },
  { M: 1, K: 1001, N: 70 },
  { M: 3, K: 514, N: 77 },
  { M: 131, K: 65, N: 1 },
  ...Array.from({ length: 10 }, () => ({ M: whole(1, 80), K: whole(1, 90), N: whole(1, 70) })),
];

const operand = (rows: number, columns: number, transposed: boolean): Data =>
  random(transposed ? [columns, rows] : [rows, columns]);

describe('matrix products', () => {
  let trials: KernelTrials;
  let plain: KernelTrials;
  beforeAll(async () => {
    trials = await startTrials();
    plain = await startTrials({ simd: 'plain' });
  });
  afterAll(() => Promise.all([trials.stop(), plain.stop()]));

  it.each(sizes.flatMap((size) => orders.map((order) => ({ ...size, ...order }))))(
    'striate.MatMul: %o',
    ({ transposeA, transposeB, ...size }) => {
      const order = { transposeA, transposeB };
      const a = operand(size.M, size.K, transposeA);
      const b = operand(size.K, size.N, transposeB);
      const bias = random([size.N]);
      const linear = naive(a.values, b.values, size, order);
      const rectified = linear.map((value, index) => Math.max(0, value + bias.values[index % size.N]!));
      for (const each of [trials, plain]) {
        const [y] = each.run(matMul, { a, b }, { ...order, activation: 'linear' });
        expect(y!.shape).toEqual([size.M, size.N]);
        expectClose(y!.values, linear);
        const [z] = each.run(matMul, { a, b, bias }, { ...order, activation: 'relu' });
        expectClose(z!.values, rectified);
      }
    },
  );

  it.each([
    {
      axesA: [3],
      axesB: [3],
      places: [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
    },
    {
      axesA: [],
      axesB: [2],
      places: [
        [0, 0],
        [0, 1],
      ],
    },
    {
      axesA: [2],
      axesB: [1],
      places: [
        [0, 0],
        [1, 0],
      ],
    },
    {
      axesA: [2, 1],
      axesB: [3],
      places: [
        [0, 0],
        [0, 1],
        [0, 2],
        [1, 0],
        [1, 1],
        [1, 2],
      ],
    },
    {
      axesA: [2, 1],
      axesB: [1, 2],
      places: [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ],
    },
  ])('BatchMatMul and _FusedMatMul: batches $axesA and $axesB', ({ axesA, axesB, places }) => {
    for (const order of orders) {
      const size = { M: whole(1, 20), K: whole(1, 20), N: whole(1, 20) };
      const a = random([...axesA, ...operand(size.M, size.K, order.transposeA).shape]);
      const b = random([...axesB, ...operand(size.K, size.N, order.transposeB).shape]);
      const bias = random([size.N]);
      const expected = places.flatMap(([i, j]) => [
        ...naive(
          a.values.subarray(i! * size.M * size.K, (i! + 1) * size.M * size.K),
          b.values.subarray(j! * size.K * size.N, (j! + 1) * size.K * size.N),
          size,
          order,
        ),
      ]);
      expectClose(trials.run(batchMatMul, { a, b }, order)[0]!.values, Float64Array.from(expected));
      const fused = trials.run(fusedMatMul, { a, b, bias }, { ...order, activation: 'relu' })[0]!.values;
      const rectified = expected.map((value, index) => Math.max(0, value + bias.values[index % size.N]!));
      expectClose(fused, Float64Array.from(rectified));
    }
  });
});
