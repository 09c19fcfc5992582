import type { Initializer, ParameterSpec } from '@striate/core';
import { fans } from './initial-values.ts';

/** What layers with a kernel and a bias have in common. */
export interface KernelAndBiasOptions {
  useBias: boolean;
  kernelInitializer: Initializer;
  biasInitializer: Initializer;
}

/** Specifications of a kernel and, if wanted, one bias for each of its outputs (the kernel's last axis). */
export function kernelAndBias(
  shape: readonly number[],
  { useBias, kernelInitializer, biasInitializer }: KernelAndBiasOptions,
): Record<string, ParameterSpec> {
  const kernel: ParameterSpec = { shape, initializer: kernelInitializer, kind: 'kernel' };
  if (!useBias) return { kernel };
  const initializer = knowingFanIn(biasInitializer, fans(shape).fanIn);
  return { kernel, bias: { shape: [shape.at(-1)!], initializer, kind: 'bias' } };
}

// PyTorch's bias depends on the kernel's fan in, which the bias' own shape does not tell.
function knowingFanIn(initializer: Initializer, fanIn: number): Initializer {
  return typeof initializer !== 'function' && initializer.type === 'pytorchDefault'
    ? { ...initializer, fanIn }
    : initializer;
}
