import { dispose, use, tensor } from './index.ts';
import { cpu } from './testing.ts';
import { beforeAll, expect, it } from 'vitest';

beforeAll(async () => void (await use(cpu())));

it('makes a tensor of flat or nested values', () => {
  const made = [
    tensor([1, 2, 3, 4], [2, 2]),
    tensor([[1], [2]]),
    tensor([[1], [2]], [2, 1]),
    tensor(7, []),
    tensor([], [0, 3]),
  ];
  expect(made.map(({ shape }) => shape)).toEqual([[2, 2], [2, 1], [2, 1], [], [0, 3]]);
  dispose(made);
});

it('refuses more or fewer values than the shape has places', () => {
  expect(() => tensor(new Float32Array(5), [2, 2])).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: tensor: got a Float32Array of 5 values, but the shape [2, 2] has 4 places.]`,
  );
  expect(() => tensor([1, 2], [])).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: tensor: got [1,2], but the shape [] has 1 place.]`,
  );
  expect(() => tensor([1, 2], [1.5])).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: tensor: the shape is [1.5], but sizes are whole numbers of at least 0.]`,
  );
  expect(() => tensor([[1], [2]], [3, 1])).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: tensor: got [[1],[2]], but the shape [3, 1] has 3 places.]`,
  );
});
