import type { Kernel } from '../../kernel.ts';
import { activationKernels } from './activation.ts';
import { binaryKernels } from './binary.ts';
import { castKernels } from './cast.ts';
import { concatKernels } from './concat.ts';
import { fillKernels } from './fill.ts';
import { padKernels } from './pad.ts';
import { preluKernels } from './prelu.ts';
import { reductionKernels } from './reductions.ts';
import { rescaleKernels } from './rescale.ts';
import { sliceKernels } from './slice.ts';
import { transposeKernels } from './transpose.ts';
import { unaryKernels } from './unary.ts';

export const elementWiseKernels: readonly Kernel[] = [
  ...activationKernels,
  ...binaryKernels,
  ...castKernels,
  ...concatKernels,
  ...fillKernels,
  ...padKernels,
  ...preluKernels,
  ...reductionKernels,
  ...rescaleKernels,
  ...sliceKernels,
  ...transposeKernels,
  ...unaryKernels,
];
