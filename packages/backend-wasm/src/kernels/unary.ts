import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { namedKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { elementsPerItem, itemsOf } from './split.ts';

/** In the order of assembly/unary.ts; the first ones work on int32, too. */
const integerFunctions = ['Neg', 'Abs', 'Square', 'Relu', 'Relu6', 'Step', 'Sign', 'ClipByValue'];
const floatFunctions = ['LeakyRelu', 'Exp', 'Log', 'Sqrt', 'Rsqrt', 'Sigmoid', 'Tanh', 'Elu', 'Floor', 'Ceil', 'Round'];
const functions = [...integerFunctions, ...floatFunctions];

interface Attributes {
  alpha?: number;
  clipValueMin?: number;
  clipValueMax?: number;
}

/** y = f(x) by the name of the stock kernel. */
function runUnary(
  backend: KernelBackend,
  name: string,
  x: TensorInfo,
  { alpha, clipValueMin, clipValueMax }: Attributes = {},
): TensorInfo {
  const length = sizeOf(x.shape);
  const y = backend.output(x.shape, x.dtype);
  backend.run(
    x.dtype === 'int32' ? 'unaryInt' : 'unary',
    [
      backend.address(x),
      backend.address(y),
      length,
      elementsPerItem,
      functions.indexOf(name),
      clipValueMin ?? alpha ?? 0,
      clipValueMax ?? 0,
    ],
    { items: itemsOf(length, elementsPerItem) },
  );
  return y;
}

export const unaryKernels: Kernel[] = functions.map((name) =>
  namedKernel<{ x: TensorInfo }, Attributes>(name, {
    accepts: ({ inputs: { x } }) => x.dtype === 'float32' || (x.dtype === 'int32' && integerFunctions.includes(name)),
    run: ({ inputs: { x }, attributes, backend }) => runUnary(backend, name, x, attributes),
  }),
);
