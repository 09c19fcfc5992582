import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Kernel } from '../kernel.ts';
import { concatKernels } from './concat.ts';
import {
  data,
  expectSame,
  random,
  runStock,
  startTrials,
  whole,
  type Data,
  type KernelTrials,
} from '../testing/kernel-trials.ts';
import { selectKernels } from './select.ts';
import { sliceKernels } from './slice.ts';
import { transposeKernels } from './transpose.ts';

let trials: KernelTrials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

const all = [...concatKernels, ...selectKernels, ...sliceKernels, ...transposeKernels];
const kernelOf = (name: string): Kernel => all.find((kernel) => kernel.name === name)!;
const dtypes = ['float32', 'int32', 'bool'] as const;

function check(name: string, inputs: Record<string, Data> | Data[], attributes: object = {}): void {
  expectSame(trials.run(kernelOf(name), inputs, attributes), runStock(name, inputs, attributes));
}

const randomShape = (least = 0): number[] => Array.from({ length: whole(Math.max(1, least), 5) }, () => whole(1, 6));
const repeat = (body: (dtype: (typeof dtypes)[number]) => void): void => {
  for (const dtype of dtypes) for (let round = 0; round < 8; round++) body(dtype);
};

function permutation(length: number): number[] {
  const rest = Array.from({ length }, (_, index) => index);
  return Array.from({ length }, () => rest.splice(whole(0, rest.length - 1), 1)[0]!);
}

test('Transpose', () => {
  repeat((dtype) => {
    const shape = randomShape();
    check('Transpose', { x: random(shape, dtype) }, { perm: permutation(shape.length) });
  });
  for (const [shape, perm] of [
    [
      [300, 401],
      [1, 0],
    ],
    [
      [5, 37, 41],
      [0, 2, 1],
    ],
    [
      [3, 20, 21, 17],
      [0, 3, 1, 2],
    ],
    [
      [3, 17, 20, 21],
      [0, 2, 3, 1],
    ],
    [
      [40, 50, 30],
      [2, 1, 0],
    ],
    [
      [40, 50, 30],
      [1, 0, 2],
    ],
    [
      [0, 3],
      [1, 0],
    ],
    [[1], [0]],
  ] as const) {
    for (const dtype of dtypes) check('Transpose', { x: random(shape, dtype) }, { perm: [...perm] });
  }
  check('Transpose', { x: random([]) }, { perm: [] });
});

test('Slice, also empty', () => {
  repeat((dtype) => {
    const shape = randomShape();
    const begin = shape.map((size) => whole(0, size - 1));
    const size = shape.map((length, axis) => whole(0, length - begin[axis]!));
    check('Slice', { x: random(shape, dtype) }, { begin, size });
  });
  check('Slice', { x: random([100, 60, 50]) }, { begin: [1, 2, 0], size: [98, 50, -1] });
});

test('StridedSlice, with negative strides and masks', () => {
  const masks = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };
  repeat((dtype) => {
    const x = random([6, 5, 7], dtype);
    check('StridedSlice', { x }, { ...masks, begin: [0, 1, 2], end: [5, 4, 7], strides: [2, 1, 3] });
    check('StridedSlice', { x }, { ...masks, begin: [5, 1, 2], end: [0, 4, 7], strides: [-2, 1, 3] });
    check(
      'StridedSlice',
      { x },
      { ...masks, beginMask: whole(0, 7), endMask: whole(0, 7), begin: [1, 1, 2], end: [5, 4, 6], strides: [1, 2, 1] },
    );
    check('StridedSlice', { x }, { ...masks, shrinkAxisMask: 2, begin: [1, 1, 2], end: [5, 2, 6], strides: [1, 1, 1] });
    check('StridedSlice', { x }, { ...masks, newAxisMask: 1, begin: [0, 1, 2], end: [0, 4, 6], strides: [1, 1, 1] });
    check('StridedSlice', { x }, { ...masks, begin: [2], end: [4], strides: [1] });
  });
});

test('Reverse and Tile', () => {
  repeat((dtype) => {
    const shape = randomShape();
    const dims = shape.map((_, axis) => axis).filter(() => whole(0, 1));
    check('Reverse', { x: random(shape, dtype) }, { dims });
    check('Tile', { x: random(shape, dtype) }, { reps: shape.map(() => whole(1, 3)) });
  });
  check('Reverse', { x: random([50, 40, 30]) }, { dims: [0, 2] });
  check('Tile', { x: random([1, 1, 64]) }, { reps: [40, 30, 1] });
});

test('SplitV and Unpack', () => {
  repeat((dtype) => {
    const shape = randomShape();
    const axis = whole(0, shape.length - 1);
    const first = whole(1, 3);
    const sizedSix = shape.with(axis, 6);
    check('SplitV', { x: random(sizedSix, dtype) }, { numOrSizeSplits: [first, 6 - first], axis });
    check('SplitV', { x: random(sizedSix, dtype) }, { numOrSizeSplits: 3, axis });
    check('Unpack', { value: random(shape, dtype) }, { axis: whole(0, 1) ? axis : axis - shape.length });
  });
});

test('Concat and Pack', () => {
  repeat((dtype) => {
    const shape = randomShape();
    const axis = whole(0, shape.length - 1);
    const tensors = Array.from({ length: whole(1, 4) }, () => random(shape.with(axis, whole(1, 4)), dtype));
    check('Concat', tensors, { axis });
    check('Concat', [...tensors, random(shape.with(axis, 0), dtype)], { axis: axis - shape.length });
    // The stock kernel returns its input for a single tensor.
    check(
      'Pack',
      Array.from({ length: whole(2, 4) }, () => random(shape, dtype)),
      { axis: whole(0, 1) ? axis : -1 },
    );
  });
  check('Concat', [random([40, 50, 30]), random([40, 50, 34])], { axis: 2 });
});

test('PadV2', () => {
  repeat((dtype) => {
    const shape = randomShape();
    const paddings = shape.map(() => [whole(0, 3), whole(0, 3)]);
    check('PadV2', { x: random(shape, dtype) }, { paddings, constantValue: dtype === 'bool' ? 1 : whole(-2, 2) });
  });
  check(
    'PadV2',
    { x: random([4, 32, 32, 16]) },
    {
      paddings: [
        [0, 0],
        [1, 2],
        [3, 1],
        [0, 0],
      ],
      constantValue: 0,
    },
  );
});

test('Select', () => {
  repeat((dtype) => {
    const shape = whole(0, 3) === 0 ? [40_001] : randomShape();
    check('Select', { condition: random(shape, 'bool'), t: random(shape, dtype), e: random(shape, dtype) });
  });
});

test('GatherV2, also with batch axes', () => {
  repeat((dtype) => {
    const shape = [3, ...randomShape()];
    const axis = whole(0, shape.length - 1);
    const indices = random([whole(1, 5), whole(1, 5)], 'int32');
    indices.values.forEach((_, i) => (indices.values[i] = whole(0, shape[axis]! - 1)));
    check('GatherV2', { x: random(shape, dtype), indices }, { axis, batchDims: 0 });
    const batched = data(
      [3, 4],
      Array.from({ length: 12 }, () => whole(0, shape[1]! - 1)),
      'int32',
    );
    check('GatherV2', { x: random(shape, dtype), indices: batched }, { axis: 1, batchDims: 1 });
  });
  const many = data(
    [3000],
    Array.from({ length: 3000 }, () => whole(0, 99)),
    'int32',
  );
  check('GatherV2', { x: random([100, 64]), indices: many }, { axis: 0 });
});

test('GatherV2 gives zeros for an index that is out of range', () => {
  const indices = data([3], [-1, 1, 2], 'int32');
  const [y] = trials.run(kernelOf('GatherV2'), { x: data([2, 2], [1, 2, 3, 4]), indices }, { axis: 0 });
  expect([...y!.values]).toEqual([0, 0, 3, 4, 0, 0]);
});

test('OneHot', () => {
  for (const dtype of dtypes) {
    for (const shape of [[], [0], [7], [3, 4], [5000]]) {
      check('OneHot', { indices: random(shape, 'int32') }, { depth: 10, onValue: 1, offValue: 0, dtype });
    }
  }
  check('OneHot', { indices: random([9], 'int32') }, { depth: 5, onValue: 0.75, offValue: -0.25, dtype: 'float32' });
});

test('Fill, ZerosLike and OnesLike', () => {
  for (const shape of [[], [0], [7], [3, 4], [70_001]]) {
    for (const dtype of dtypes) {
      check('Fill', {}, { shape, value: dtype === 'bool' ? 1 : -3, dtype });
      check('ZerosLike', { x: random(shape, dtype) });
      check('OnesLike', { x: random(shape, dtype) });
    }
    check('Fill', {}, { shape, value: 0.1 });
    check('Fill', {}, { shape, value: true });
  }
});
