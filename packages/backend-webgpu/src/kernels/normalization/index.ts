import type { Kernel } from '../../kernel.ts';
import { batchNormGradient, batchNormInferenceGradient } from './batch-norm-gradient.ts';
import { batchNormInference } from './batch-norm-inference.ts';
import { batchNorm } from './batch-norm.ts';
import { groupNormGradient } from './group-norm-gradient.ts';
import { groupNorm } from './group-norm.ts';
import { localResponseNorm, localResponseNormGradient } from './local-response-norm.ts';
import { unitNorm, unitNormGradient } from './unit-norm.ts';

export const normalizationKernels: readonly Kernel[] = [
  batchNorm,
  batchNormGradient,
  batchNormInference,
  batchNormInferenceGradient,
  groupNorm,
  groupNormGradient,
  localResponseNorm,
  localResponseNormGradient,
  unitNorm,
  unitNormGradient,
];
