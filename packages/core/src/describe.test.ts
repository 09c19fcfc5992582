import { runInNewContext } from 'node:vm';
import '@tensorflow/tfjs-backend-cpu';
import { tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { arrayKind, describe } from './describe.ts';

const circle: { self?: object } = {};
circle.self = circle;

it.each([
  [0.1, '0.1'],
  [NaN, 'NaN'],
  [12n, '12'],
  ['adam', '"adam"'],
  ['a'.repeat(1e6), `"${'a'.repeat(59)}...`],
  [undefined, 'undefined'],
  [null, 'null'],
  [[1, 2], '[1,2]'],
  [new Array(1000).fill(1), 'a list of 1000'],
  [new Float32Array(3000), 'a Float32Array of 3000 values'],
  [new Int32Array(1), 'an Int32Array of 1 values'],
  [{ lr: 0.1 }, '{"lr":0.1}'],
  [{ a: 'x'.repeat(100), b: 1 }, 'an object with a, b'],
  [new ArrayBuffer(8), 'an ArrayBuffer'],
  [new DataView(new ArrayBuffer(8)), 'a DataView'],
  [new Map(), 'a Map'],
  [Math.max, 'a function'],
  [circle, 'an object with self'],
  [Promise.resolve(), 'a promise (await is missing)'],
  [new Error('lost'), 'Error: lost'],
])('says what a value is (%#)', (value, text) => {
  expect(describe(value)).toBe(text);
});

it('knows tensors and arrays of other realms', () => {
  expect(describe(tensor([1, 2], [2, 1], 'int32'))).toBe('a tensor [2, 1] of int32');
  expect(arrayKind(runInNewContext('new Float32Array(2)'))).toBe('Float32Array');
  expect(arrayKind(new DataView(new ArrayBuffer(2)))).toBeUndefined();
  expect(arrayKind([1])).toBeUndefined();
});

it('says of a proxy that was revoked what it can', () => {
  const { proxy, revoke } = Proxy.revocable<object>({}, {});
  revoke();
  expect(describe(proxy)).toBe('an object that cannot be looked at');
  expect(describe([proxy])).toBe('a list of 1');
});
