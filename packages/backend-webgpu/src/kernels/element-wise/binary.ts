import { ops } from '@striate/core/backend';
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { isNumeric } from '../../element-types.ts';
import { defineKernel, namedKernel, type Gpu, type Kernel } from '../../kernel.ts';
import { elementWise } from './element-wise.ts';

/** WGSL by the name of the stock kernel: of float32, and of int32 (and bool). */
const functions: Readonly<Record<string, readonly [float: string, integer: string]>> = {
  Add: ['a + b', 'a + b'],
  Sub: ['a - b', 'a - b'],
  Multiply: ['a * b', 'a * b'],
  RealDiv: ['a / b', 'a / b'],
  Maximum: ['larger(a, b)', 'max(a, b)'],
  Minimum: ['smaller(a, b)', 'min(a, b)'],
  SquaredDifference: ['(a - b) * (a - b)', '(a - b) * (a - b)'],
};

/** NaN is unequal to everything. */
const ordered = (comparison: string): string => `select(0, 1, !isNan(a) && !isNan(b) && ${comparison})`;
const comparisons: Readonly<Record<string, readonly [float: string, integer: string]>> = {
  Greater: [ordered('a > b'), 'select(0, 1, a > b)'],
  GreaterEqual: [ordered('a >= b'), 'select(0, 1, a >= b)'],
  Less: [ordered('a < b'), 'select(0, 1, a < b)'],
  LessEqual: [ordered('a <= b'), 'select(0, 1, a <= b)'],
  Equal: [ordered('a == b'), 'select(0, 1, a == b)'],
  NotEqual: [`1 - ${ordered('a == b')}`, 'select(0, 1, a != b)'],
  LogicalAnd: [ordered('a != 0.0 && b != 0.0'), 'select(0, 1, a != 0 && b != 0)'],
  LogicalOr: [ordered('(a != 0.0 || b != 0.0)'), 'select(0, 1, a != 0 || b != 0)'],
};

/** One of the functions by its stock name, of two tensors that are repeated where one has 1 place. */
function binary(gpu: Gpu, name: string, a: TensorInfo, b: TensorInfo): TensorInfo {
  const [float, integer] = (functions[name] ?? comparisons[name])!;
  return elementWise(gpu, {
    name,
    shape: backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]),
    dtype: name in comparisons ? 'bool' : a.dtype,
    inputs: { a, b },
    value: a.dtype === 'float32' ? float : integer,
  });
}

type Pair = Record<'a' | 'b', TensorInfo>;

const stock = (name: string): Kernel =>
  namedKernel<Pair, object>(name, {
    accepts: ({ inputs: { a, b } }) =>
      a.dtype === b.dtype && isNumeric(a.dtype) && (name in comparisons || a.dtype !== 'bool'),
    run: ({ inputs: { a, b }, gpu }) => binary(gpu, name, a, b),
  });

const own = (op: typeof ops.add, stockName: string): Kernel =>
  defineKernel(op, { run: ({ inputs: { a, b }, gpu }) => binary(gpu, stockName, a, b) });

export const binaryKernels: readonly Kernel[] = [
  ...[...Object.keys(functions), ...Object.keys(comparisons)].map(stock),
  own(ops.add, 'Add'),
  own(ops.subtract, 'Sub'),
  own(ops.multiply, 'Multiply'),
  own(ops.maximum, 'Maximum'),
  own(ops.minimum, 'Minimum'),
  defineKernel(ops.scaleBy, { run: ({ inputs: { x, factors }, gpu }) => binary(gpu, 'Multiply', x, factors) }),
  namedKernel<{ x: TensorInfo }, object>('LogicalNot', {
    accepts: ({ inputs: { x } }) => x.dtype === 'bool',
    run: ({ inputs: { x }, gpu }) =>
      elementWise(gpu, {
        name: 'LogicalNot',
        shape: x.shape,
        dtype: 'bool',
        inputs: { x },
        value: 'select(0, 1, x == 0)',
      }),
  }),
];
