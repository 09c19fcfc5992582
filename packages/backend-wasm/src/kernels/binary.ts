import { ops, broadcastStrides, joinAxes } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, namedKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { isNumeric } from '../stored-tensor.ts';
import { elementType } from './element-types.ts';
import { elementsPerItem, itemsOf } from './split.ts';

interface Pair {
  a: TensorInfo;
  b: TensorInfo;
}

/** In the order of assembly/binary.ts. */
const functions = ['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference', 'Pow'];
const comparisons = ['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual', 'LogicalAnd', 'LogicalOr'];

function runBinary(backend: KernelBackend, family: 'binary' | 'compare', kind: number, { a, b }: Pair): TensorInfo {
  const shape = backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  const y = backend.output(shape, family === 'compare' ? 'bool' : a.dtype);
  const length = sizeOf(shape);
  const walk = joinAxes(shape, [broadcastStrides(a.shape, shape), broadcastStrides(b.shape, shape)]);
  backend.run(
    `${family}${elementType(a.dtype).suffix}`,
    [
      ...[a, b, y].map((tensor) => backend.address(tensor)),
      length,
      elementsPerItem,
      kind,
      walk.shape.length,
      ...walk.shape,
      ...walk.strides.flat(),
    ],
    { items: itemsOf(length, elementsPerItem), scratchBytes: 32 },
  );
  return y;
}

const accepts = ({ inputs: { a, b } }: { inputs: Pair }): boolean => a.dtype === b.dtype && isNumeric(a.dtype);

const binary = (family: 'binary' | 'compare', name: string, kind: number): Kernel =>
  namedKernel<Pair, object>(name, { accepts, run: ({ inputs, backend }) => runBinary(backend, family, kind, inputs) });

const logicalNot = namedKernel<{ x: TensorInfo }, object>('LogicalNot', {
  accepts: ({ inputs: { x } }) => x.dtype === 'bool',
  run({ inputs: { x }, backend }) {
    const y = backend.output(x.shape, 'bool');
    const no = backend.temporary(1);
    backend.run('fillByte', [no, 1, 1, 0], { items: 1 });
    const length = sizeOf(x.shape);
    // One row of x beside a repeated one of a single place.
    const walk = [1, length, 1, 0];
    const addresses = [backend.address(x), no, backend.address(y)];
    backend.run('compareByte', [...addresses, length, elementsPerItem, comparisons.indexOf('Equal'), ...walk], {
      items: itemsOf(length, elementsPerItem),
      scratchBytes: 32,
    });
    return y;
  },
});

/** An op of two tensors that is one of the functions. */
const elementWise = (op: typeof ops.add, name: string): Kernel =>
  defineKernel(op, {
    run: ({ inputs, backend }) => runBinary(backend, 'binary', functions.indexOf(name), inputs),
  });

export const binaryKernels: Kernel[] = [
  ...functions.map((name, kind) => binary('binary', name, kind)),
  ...comparisons.map((name, kind) => binary('compare', name, kind)),
  elementWise(ops.add, 'Add'),
  elementWise(ops.subtract, 'Sub'),
  elementWise(ops.multiply, 'Multiply'),
  elementWise(ops.maximum, 'Maximum'),
  elementWise(ops.minimum, 'Minimum'),
  logicalNot,
];
