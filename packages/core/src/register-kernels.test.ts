import { getKernel, memory, mul, tensor, tidy, type KernelFunc, type Tensor } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { defineOp, only } from './define-op.ts';
import { registerKernels, unregisterKernels } from './register-kernels.ts';
import { cpu } from './testing.ts';
import { use } from './use.ts';

beforeAll(() => use(cpu()));
afterEach(() => unregisterKernels('test'));

const kernelOf = (name: string): KernelFunc => getKernel(name, 'test').kernelFunc;
const call = { inputs: {}, attrs: {}, backend: {} };
const gives =
  (label: string): KernelFunc =>
  () =>
    ({ dataId: {}, shape: [], dtype: 'float32', label }) as never;

test('own kernels stand in the places of stock ones, which get what they decline', () => {
  const stock = ['Relu', 'Elu'].map((kernelName) => ({ kernelName, backendName: 'other', kernelFunc: gives('stock') }));
  registerKernels({
    backendName: 'test',
    stock,
    wrap: ({ kernelName }) => gives(`counted ${kernelName}`),
    kernels: [
      { name: 'Relu', make: (before) => before },
      { name: 'Selu', make: () => gives('first') },
      { name: 'Selu', make: (before) => before },
      { name: 'Mish', make: () => gives('own') },
    ],
  });
  const labels = ['Relu', 'Elu', 'Selu', 'Mish'].map((name) => kernelOf(name)(call));
  expect(labels).toMatchObject([
    { label: 'counted Relu' },
    { label: 'counted Elu' },
    { label: 'first' },
    { label: 'own' },
  ]);
  unregisterKernels('test');
  expect(getKernel('Elu', 'test')).toBeUndefined();
});

test("what has no kernel before goes to the op's reference", async () => {
  const thrice = defineOp<{ x: Tensor }, object>({
    name: 'test.Thrice',
    shapes: ({ x }) => [x.shape],
    reference: ({ x }) => mul(x, 3),
  });
  let declined = 0;
  registerKernels({
    backendName: 'cpu',
    stock: [],
    wrap: ({ kernelFunc }) => kernelFunc,
    kernels: [
      {
        name: 'test.Thrice',
        make: (before) => (given) => {
          declined += 1;
          return before(given);
        },
      },
    ],
  });
  const tensors = memory().numTensors;
  const y = tidy(() => only(thrice({ x: tensor([1, 2]) }, {})));
  expect([...(await y.data())]).toEqual([3, 6]);
  expect(declined).toBe(1);
  y.dispose();
  expect(memory().numTensors).toBe(tensors);
});
