import type { Kernel } from '../kernel.ts';
import { convolutionKernels } from './convolution/index.ts';
import { elementWiseKernels } from './element-wise/index.ts';
import { normalizationKernels } from './normalization/index.ts';
import { poolingKernels } from './pooling/index.ts';
import { trainingKernels } from './training/index.ts';

/** Every kernel of ours. */
export const kernels: readonly Kernel[] = [
  ...convolutionKernels,
  ...normalizationKernels,
  ...poolingKernels,
  ...elementWiseKernels,
  ...trainingKernels,
];
