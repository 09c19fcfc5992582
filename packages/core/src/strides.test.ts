import { describe, expect, test } from 'vitest';
import { broadcastStrides, joinAxes, stridesOf } from './strides.ts';

test('stridesOf counts the elements behind each axis', () => {
  expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
  expect(stridesOf([])).toEqual([]);
});

test('broadcastStrides stands still where a tensor is repeated', () => {
  expect(broadcastStrides([3, 1], [2, 3, 4])).toEqual([0, 1, 0]);
});

describe('joinAxes', () => {
  test('joins axes along which every tensor moves evenly', () => {
    expect(joinAxes([2, 3, 4], [stridesOf([2, 3, 4])])).toEqual({ shape: [24], strides: [[1]] });
    // The second tensor is repeated along the first axis only.
    expect(joinAxes([2, 3, 4], [stridesOf([2, 3, 4]), broadcastStrides([3, 4], [2, 3, 4])])).toEqual({
      shape: [2, 12],
      strides: [
        [12, 1],
        [0, 1],
      ],
    });
  });

  test('leaves out axes of one place, and keeps one axis at least', () => {
    expect(joinAxes([3, 1, 4], [stridesOf([3, 1, 4])])).toEqual({ shape: [12], strides: [[1]] });
    expect(joinAxes([1, 1], [stridesOf([1, 1])])).toEqual({ shape: [1], strides: [[1]] });
  });
});
