import type { Kernel } from '../../kernel.ts';
import { crossEntropyKernels } from './cross-entropy.ts';
import { dropBlockMaskKernel } from './drop-block-mask.ts';
import { normKernels } from './norms.ts';
import { optimizerKernels } from './optimizers.ts';
import { orthogonalPenaltyKernels } from './orthogonal-penalty.ts';
import { penaltyKernels } from './penalty.ts';
import { randomKernels } from './random.ts';
import { topKCorrectKernel } from './top-k-correct.ts';

export const trainingKernels: readonly Kernel[] = [
  ...crossEntropyKernels,
  dropBlockMaskKernel,
  ...normKernels,
  ...optimizerKernels,
  ...orthogonalPenaltyKernels,
  ...penaltyKernels,
  ...randomKernels,
  topKCorrectKernel,
];
