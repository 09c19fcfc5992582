import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelBackend } from '../kernel.ts';
import { elementsPerItem, itemsOf, rowsPerItem } from './split.ts';

interface Cut {
  rows: number;
  size: number;
  perItem: number;
  items: number;
}

/** Rows that are normalised one by one. */
function cutRows({ shape }: TensorInfo): Cut {
  const size = sizeOf(shape.slice(1));
  const perItem = rowsPerItem(size);
  return { rows: shape[0]!, size, perItem, items: itemsOf(shape[0]!, perItem) };
}

/** Group normalisation of rows with one group: y, mean [rows, 1] and variance [rows, 1]. */
export function layerNorm(
  { x, gamma, beta }: Record<'x' | 'gamma' | 'beta', TensorInfo>,
  epsilon: number,
  backend: KernelBackend,
): TensorInfo[] {
  const { rows, size, perItem, items } = cutRows(x);
  const outputs = [backend.output(x.shape), backend.output([rows, 1]), backend.output([rows, 1])];
  const addresses = [x, ...outputs].map((tensor) => backend.address(tensor));
  const affine = [backend.address(gamma), backend.address(beta)];
  backend.run('layerNorm', [...addresses, rows, size, perItem, ...affine, epsilon], { items });
  return outputs;
}

/** Gradients of x, gamma and beta. */
export function layerNormGradient(
  { dy, x, gamma, mean, variance }: Record<'dy' | 'x' | 'gamma' | 'mean' | 'variance', TensorInfo>,
  epsilon: number,
  backend: KernelBackend,
): TensorInfo[] {
  const { rows, size, perItem, items } = cutRows(x);
  const dx = backend.output(x.shape);
  const [dGamma, dBeta] = [backend.output([size]), backend.output([size])];
  const partials = backend.temporary(items * Math.ceil(size / 4) * 32);
  const addresses = [dy, x, mean, variance].map((tensor) => backend.address(tensor));
  backend.run(
    'layerNormGradient',
    [...addresses, rows, size, perItem, backend.address(gamma), backend.address(dx), epsilon, partials],
    { items },
  );
  const places = 4 * Math.max(1, Math.floor(elementsPerItem / 4 / items));
  backend.run(
    'layerNormGradientCombine',
    [partials, backend.address(dGamma), backend.address(dBeta), size, items, places],
    { items: itemsOf(size, places) },
  );
  return [dx, dGamma, dBeta];
}
