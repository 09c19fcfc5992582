import { broadcastStrides, joinAxes, sizeOf } from '@striate/core';
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { kernel, type Kernel, type KernelBackend } from '../kernel.ts';
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
  kernel<Pair, object>({ name, accepts, run: ({ inputs, backend }) => runBinary(backend, family, kind, inputs) });

const logicalNot = kernel<{ x: TensorInfo }, object>({
  name: 'LogicalNot',
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

export const binaryKernels: Kernel[] = [
  ...functions.map((name, kind) => binary('binary', name, kind)),
  ...comparisons.map((name, kind) => binary('compare', name, kind)),
  binary('binary', 'striate.Add', functions.indexOf('Add')),
  binary('binary', 'striate.Subtract', functions.indexOf('Sub')),
  binary('binary', 'striate.Multiply', functions.indexOf('Multiply')),
  binary('binary', 'striate.Maximum', functions.indexOf('Maximum')),
  binary('binary', 'striate.Minimum', functions.indexOf('Minimum')),
  logicalNot,
];
