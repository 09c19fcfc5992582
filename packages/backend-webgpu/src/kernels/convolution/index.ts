import type { Kernel } from '../../kernel.ts';
import { batchMatMul, fusedMatMul } from './batch-mat-mul.ts';
import { biasGradient } from './bias-gradient.ts';
import { conv2dInputGradient } from './conv2d-input-gradient.ts';
import { conv2dKernelGradient } from './conv2d-kernel-gradient.ts';
import { conv2dTranspose } from './conv2d-transpose.ts';
import { conv2d } from './conv2d.ts';
import { locallyConnected2dInputGradient } from './locally-connected2d-input-gradient.ts';
import { locallyConnected2dKernelGradient } from './locally-connected2d-kernel-gradient.ts';
import { locallyConnected2d } from './locally-connected2d.ts';
import { matMul } from './mat-mul.ts';

export const convolutionKernels: readonly Kernel[] = [
  conv2d,
  conv2dInputGradient,
  conv2dKernelGradient,
  conv2dTranspose,
  matMul,
  biasGradient,
  batchMatMul,
  fusedMatMul,
  locallyConnected2d,
  locallyConnected2dInputGradient,
  locallyConnected2dKernelGradient,
];
