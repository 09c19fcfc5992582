import type { Kernel } from '../kernel.ts';
import { batchMatMul, fusedMatMul } from './batch-mat-mul.ts';
import { conv2dInputGradient } from './conv2d-input-gradient.ts';
import { conv2dKernelGradient } from './conv2d-kernel-gradient.ts';
import { conv2dTranspose } from './conv2d-transpose.ts';
import { conv2d } from './conv2d.ts';
import { matMul } from './mat-mul.ts';
import { activation, activationGradient, gatedActivation, gatedActivationGradient, softmax } from './activation.ts';
import {
  averagePool2d,
  averagePool2dGradient,
  globalAveragePool2d,
  globalAveragePool2dGradient,
} from './average-pool2d.ts';
import {
  adaptiveAveragePool2d,
  adaptiveAveragePool2dGradient,
  adaptiveMaxPool2d,
  adaptiveMaxPool2dGradient,
} from './adaptive-pool2d.ts';
import { batchNorm, batchNormInference } from './batch-norm.ts';
import { batchNormGradient, batchNormInferenceGradient } from './batch-norm-gradient.ts';
import { binaryKernels } from './binary.ts';
import { concatKernels } from './concat.ts';
import { maxPool2d, maxPool2dGradient } from './max-pool2d.ts';
import { groupNorm, groupNormGradient } from './group-norm.ts';
import { localResponseNorm, localResponseNormGradient } from './local-response-norm.ts';
import { movingAverage } from './moving-average.ts';
import {
  probabilityPool2d,
  probabilityPool2dGradient,
  stochasticPool2d,
  stochasticPool2dGradient,
} from './stochastic-pool2d.ts';
import { metadataKernels } from './metadata.ts';
import { stockConv2dKernels } from './stock-conv2d.ts';
import { adam, sgd } from './optimizer.ts';
import { pad2d, pad2dGradient } from './pad2d.ts';
import { penalty, penaltyGradient } from './penalty.ts';
import { dropout, randomBits, randomNormal } from './random.ts';
import { reduceKernels } from './reductions.ts';
import { reshape } from './reshape.ts';
import { resize2d, resize2dGradient } from './resize2d.ts';
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
  conv2dTranspose,
  fusedMatMul,
  matMul,
  ...stockConv2dKernels,
  activation,
  activationGradient,
  gatedActivation,
  gatedActivationGradient,
  softmax,
  averagePool2d,
  averagePool2dGradient,
  globalAveragePool2d,
  globalAveragePool2dGradient,
  batchNorm,
  batchNormGradient,
  batchNormInference,
  batchNormInferenceGradient,
  groupNorm,
  groupNormGradient,
  localResponseNorm,
  localResponseNormGradient,
  movingAverage,
  maxPool2d,
  maxPool2dGradient,
  adaptiveAveragePool2d,
  adaptiveAveragePool2dGradient,
  adaptiveMaxPool2d,
  adaptiveMaxPool2dGradient,
  probabilityPool2d,
  probabilityPool2dGradient,
  stochasticPool2d,
  stochasticPool2dGradient,
  pad2d,
  pad2dGradient,
  adam,
  sgd,
  penalty,
  penaltyGradient,
  dropout,
  randomBits,
  randomNormal,
  reshape,
  resize2d,
  resize2dGradient,
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
