import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { runActivationGradient } from './binary.ts';
import { itemsOf, rowsPerItem } from './split.ts';
import { runUnary } from './unary.ts';

type Kind = 'relu' | 'sigmoid' | 'tanh' | 'softmax' | 'logSoftmax';

const stockNames = { relu: 'Relu', sigmoid: 'Sigmoid', tanh: 'Tanh' } as const;

const isRowWise = (kind: Kind): kind is 'softmax' | 'logSoftmax' => kind === 'softmax' || kind === 'logSoftmax';

/** Runs a kernel of assembly/softmax.ts over rows along the last axis. */
function runRows(
  backend: KernelBackend,
  assemblyKernel: string,
  inputs: readonly TensorInfo[],
  kind: 'softmax' | 'logSoftmax',
): TensorInfo {
  const { shape } = inputs[0]!;
  const y = backend.output(shape);
  const classes = shape.at(-1) ?? 1;
  const rows = classes === 0 ? 0 : sizeOf(shape) / classes;
  const perItem = rowsPerItem(classes, 8192);
  const addresses = [...inputs, y].map((tensor) => backend.address(tensor));
  backend.run(assemblyKernel, [...addresses, rows, classes, perItem, Number(kind === 'logSoftmax')], {
    items: itemsOf(rows, perItem),
  });
  return y;
}

export const activation: Kernel = kernel<{ x: TensorInfo }, { kind: Kind }>({
  name: 'striate.Activation',
  run: ({ inputs: { x }, attributes: { kind }, backend }) =>
    isRowWise(kind) ? runRows(backend, 'softmax', [x], kind) : runUnary(backend, stockNames[kind], x),
});

export const activationGradient: Kernel = kernel<{ dy: TensorInfo; y: TensorInfo }, { kind: Kind }>({
  name: 'striate.ActivationGradient',
  run: ({ inputs: { dy, y }, attributes: { kind }, backend }) =>
    isRowWise(kind) ? runRows(backend, 'softmaxGradient', [dy, y], kind) : runActivationGradient(backend, kind, dy, y),
});

export const softmax: Kernel = kernel<{ logits: TensorInfo }, { dim: number }>({
  name: 'Softmax',
  accepts: ({ inputs: { logits }, attributes: { dim } }) =>
    logits.dtype === 'float32' && (dim === -1 || dim === logits.shape.length - 1),
  run: ({ inputs: { logits }, backend }) => runRows(backend, 'softmax', [logits], 'softmax'),
});
