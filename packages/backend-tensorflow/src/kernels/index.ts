import type { Kernel } from '../kernel.ts';
import { adam } from './adam.ts';
import {
  averagePool2d,
  averagePool2dGradient,
  globalAveragePool2d,
  globalAveragePool2dGradient,
} from './average-pool2d.ts';
import { batchNorm, batchNormGradient, batchNormInference } from './batch-norm.ts';
import { conv2d, conv2dInputGradient, conv2dKernelGradient } from './convolution.ts';
import { dropout } from './dropout.ts';
import { biasGradient, matMul } from './mat-mul.ts';
import { maxPool2d, maxPool2dGradient } from './max-pool2d.ts';
import { mean, meanGradient } from './mean.ts';
import { reshape } from './reshape.ts';
import { sgd } from './sgd.ts';
import { softmax } from './softmax.ts';
import { softmaxCrossEntropy, softmaxCrossEntropyGradient } from './softmax-cross-entropy.ts';

/** The ops that are TensorFlow's own operations here; all others run as their references, on tfjs-node's kernels. */
export const kernels: readonly Kernel[] = [
  conv2d,
  conv2dInputGradient,
  conv2dKernelGradient,
  matMul,
  biasGradient,
  maxPool2d,
  maxPool2dGradient,
  averagePool2d,
  averagePool2dGradient,
  globalAveragePool2d,
  globalAveragePool2dGradient,
  batchNorm,
  batchNormGradient,
  batchNormInference,
  mean,
  meanGradient,
  reshape,
  softmax,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
  dropout,
  sgd,
  adam,
];
