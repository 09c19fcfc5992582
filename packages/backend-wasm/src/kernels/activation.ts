import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, namedKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { elementsPerItem, itemsOf, rowsPerItem } from './split.ts';

/** In the order of assembly/activation.ts. */
const outputKinds = ['relu', 'rectifier', 'sigmoid', 'tanh', 'elu', 'clip', 'softplus', 'softsign'] as const;
const gatedKinds = ['gelu', 'geluTanh', 'silu', 'mish', 'hardSilu'] as const;
const elementKinds: readonly string[] = [...outputKinds, ...gatedKinds];

type RowKind = 'softmax' | 'logSoftmax';

const isRowWise = (kind: string): kind is RowKind => kind === 'softmax' || kind === 'logSoftmax';

/** Runs a kernel of assembly/activation.ts: `x` is what the function or its derivative is computed of. */
function runElements(
  backend: KernelBackend,
  x: TensorInfo,
  { kind, parameters = [] }: { kind: string; parameters?: readonly number[] },
  dy?: TensorInfo,
): TensorInfo {
  const length = sizeOf(x.shape);
  const y = backend.output(x.shape);
  const [p = 0, q = 0, r = 0, s = 0] = parameters;
  const args = [
    backend.address(x),
    backend.address(y),
    length,
    elementsPerItem,
    elementKinds.indexOf(kind),
    p,
    q,
    r,
    s,
  ];
  const items = itemsOf(length, elementsPerItem);
  if (dy) backend.run('activateGradient', [...args, backend.address(dy)], { items });
  else backend.run('activate', args, { items });
  return y;
}

/** Runs a kernel of assembly/softmax.ts over rows along the last axis. */
function runRows(
  backend: KernelBackend,
  assemblyKernel: string,
  inputs: readonly TensorInfo[],
  kind: RowKind,
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

export const activation: Kernel = defineKernel(ops.activation, {
  run({ inputs: { x }, attributes, backend }) {
    const { kind } = attributes;
    return isRowWise(kind) ? runRows(backend, 'softmax', [x], kind) : runElements(backend, x, attributes);
  },
});

export const activationGradient: Kernel = defineKernel(ops.activationGradient, {
  run({ inputs: { dy, y }, attributes, backend }) {
    const { kind } = attributes;
    return isRowWise(kind)
      ? runRows(backend, 'softmaxGradient', [dy, y], kind)
      : runElements(backend, y, attributes, dy);
  },
});

export const gatedActivation: Kernel = defineKernel(ops.gatedActivation, {
  run: ({ inputs: { x }, attributes, backend }) => runElements(backend, x, attributes),
});

export const gatedActivationGradient: Kernel = defineKernel(ops.gatedActivationGradient, {
  run: ({ inputs: { dy, x }, attributes, backend }) => runElements(backend, x, attributes, dy),
});

export const softmax: Kernel = namedKernel<{ logits: TensorInfo }, { dim: number }>('Softmax', {
  accepts: ({ inputs: { logits }, attributes: { dim } }) =>
    logits.dtype === 'float32' && (dim === -1 || dim === logits.shape.length - 1),
  run: ({ inputs: { logits }, backend }) => runRows(backend, 'softmax', [logits], 'softmax'),
});
