import type { Kernel } from '@striate/backend-wasm/extend';
import type { OneDnnContext } from '../context.ts';
import { activationKernels } from './activation.ts';
import { batchNormKernels } from './batch-norm.ts';
import { convolutionKernels } from './convolution.ts';
import { matMul } from './mat-mul.ts';
import { poolingKernels } from './pooling.ts';

/** What oneDNN does instead of the WebAssembly kernels of the same names. */
export function oneDnnKernels(context: OneDnnContext): Kernel[] {
  return [
    ...convolutionKernels(context),
    matMul(context),
    ...batchNormKernels(context),
    ...poolingKernels(context),
    ...activationKernels(context),
  ];
}
