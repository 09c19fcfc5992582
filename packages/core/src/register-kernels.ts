import { getKernel, getKernelsForBackend, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';
import { referenceKernel } from './define-op.ts';

/** A backend's own kernel. */
export interface OwnKernel {
  /** The op's name, 'striate.Conv2d' or a stock one, 'Add'. */
  name: string;
  /** The kernel; `before` takes the calls that it has no way for: an earlier kernel of this name, or the op's reference. */
  make(before: KernelFunc): KernelFunc;
}

/** What {@link registerKernels} gives a backend. */
export interface KernelSet {
  backendName: string;
  /** Another backend's kernels that work on this one too: `getKernelsForBackend('cpu')`. */
  stock: readonly KernelConfig[];
  /** What becomes of a stock kernel on its way in: counted, say. */
  wrap(stock: KernelConfig): KernelFunc;
  /** Taken in order; each in the place of what has its name. */
  kernels: readonly OwnKernel[];
}

/**
 * Gives a backend its kernels: stock ones, and its own in their places.
 *
 * @example
 * registerKernels({
 *   backendName: 'mine',
 *   stock: getKernelsForBackend('cpu'),
 *   wrap: ({ kernelFunc }) => kernelFunc,
 *   kernels: [{ name: 'Relu', make: (before) => (call) => (isSmall(call) ? before(call) : relu(call)) }],
 * });
 */
export function registerKernels({ backendName, stock, wrap, kernels }: KernelSet): void {
  for (const config of stock) registerKernel({ ...config, backendName, kernelFunc: wrap(config) });
  for (const { name, make } of kernels) {
    const before: KernelConfig | undefined = getKernel(name, backendName);
    if (before) unregisterKernel(name, backendName);
    const kernelFunc = make(before?.kernelFunc ?? ((call) => referenceKernel(name)!(call)));
    registerKernel({ kernelName: name, backendName, kernelFunc });
  }
}

/** Takes all kernels of a backend away. */
export function unregisterKernels(backendName: string): void {
  for (const { kernelName } of getKernelsForBackend(backendName)) unregisterKernel(kernelName, backendName);
}
