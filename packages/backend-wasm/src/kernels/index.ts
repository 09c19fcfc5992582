import type { Kernel } from '../kernel.ts';
import { batchMatMul, fusedMatMul } from './batch-mat-mul.ts';
import { conv2dInputGradient } from './conv2d-input-gradient.ts';
import { conv2dKernelGradient } from './conv2d-kernel-gradient.ts';
import { conv2d } from './conv2d.ts';
import { matMul } from './mat-mul.ts';
import { activation, activationGradient, softmax } from './activation.ts';
import { averagePool2d, averagePool2dGradient, globalAveragePool2d, globalAveragePool2dGradient } from './average-pool2d.ts';
import { batchNorm, batchNormInference } from './batch-norm.ts';
import { batchNormGradient, batchNormInferenceGradient } from './batch-norm-gradient.ts';
import { binaryKernels } from './binary.ts';
import { concatKernels } from './concat.ts';
import { maxPool2d, maxPool2dGradient } from './max-pool2d.ts';
import { metadataKernels } from './metadata.ts';
import { stockConv2dKernels } from './stock-conv2d.ts';
import { adam, sgd } from './optimizer.ts';
import { dropout, randomBits } from './random.ts';
import { reduceKernels } from './reductions.ts';
import { reshape } from './reshape.ts';
import { selectKernels } from './select.ts';
import { sliceKernels } from './slice.ts';
import { softmaxCrossEntropy, softmaxCrossEntropyGradient, topKCorrect } from './softmax-cross-entropy.ts';
import { transposeKernels } from './transpose.ts';
import { unaryKernels } from './unary.ts';

/** Every kernel of this backend; each takes the place of a stock one or of an op's reference. */
export const kernels: readonly Kernel[] = [
  ...metadataKernels,
  batchMatMul,
  conv2d,
  conv2dInputGradient,
  conv2dKernelGradient,
  fusedMatMul,
  matMul,
  ...stockConv2dKernels,
  activation,
  activationGradient,
  softmax,
  averagePool2d,
  averagePool2dGradient,
  globalAveragePool2d,
  globalAveragePool2dGradient,
  batchNorm,
  batchNormGradient,
  batchNormInference,
  batchNormInferenceGradient,
  maxPool2d,
  maxPool2dGradient,
  adam,
  sgd,
  dropout,
  randomBits,
  reshape,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
  topKCorrect,
  ...binaryKernels,
  ...concatKernels,
  ...reduceKernels,
  ...selectKernels,
  ...sliceKernels,
  ...transposeKernels,
  ...unaryKernels,
];
