import type { Kernel } from '@striate/backend-wasm/extend';
import type { OneDnnContext } from '../context.ts';
import { activationKernels } from './activation.ts';
import { batchNormKernels } from './batch-norm.ts';
import { convolutionKernels } from './convolution.ts';
import { layerNormKernels } from './layer-norm.ts';
import { localResponseNormKernels } from './local-response-norm.ts';
import { matMul } from './mat-mul.ts';
import { poolingKernels } from './pooling.ts';
import { resize2dKernels } from './resize2d.ts';

/** What oneDNN does instead of the WebAssembly kernels of the same names. */
export function oneDnnKernels(context: OneDnnContext): Kernel[] {
  return [
    ...convolutionKernels(context),
    matMul(context),
    ...batchNormKernels(context),
    ...poolingKernels(context),
    ...activationKernels(context),
    ...layerNormKernels(context),
    ...localResponseNormKernels(context),
    ...resize2dKernels(context),
  ];
}
