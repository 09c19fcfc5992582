export { activation, activationGradient, type ActivationKind } from './activation.ts';
export { adam, type AdamAttributes } from './adam.ts';
export { add } from './add.ts';
export {
  averagePool2d,
  averagePool2dGradient,
  globalAveragePool2d,
  type AveragePool2dAttributes,
  type AveragePool2dGradientAttributes,
} from './average-pool2d.ts';
export {
  batchNorm,
  batchNormInference,
  type BatchNormAttributes,
  type BatchNormGradientAttributes,
} from './batch-norm.ts';
export {
  conv2d,
  conv2dInputGradient,
  conv2dKernelGradient,
  type Conv2dAttributes,
  type Conv2dInputGradientAttributes,
  type Conv2dKernelGradientAttributes,
  type ConvolutionGeometry,
} from './conv2d.ts';
export { dropout, type DropoutAttributes } from './dropout.ts';
export { maskByOutput, type FusedActivation } from './mask.ts';
export { biasGradient, matMul, type MatMulAttributes } from './mat-mul.ts';
export { maxPool2d, maxPool2dGradient, type MaxPool2dAttributes, type PoolGeometry } from './max-pool2d.ts';
export { mean } from './mean.ts';
export { randomBits, type RandomSource } from './random-bits.ts';
export { reshape } from './reshape.ts';
export { sgd, type SgdAttributes } from './sgd.ts';
export { softmaxCrossEntropy, type CrossEntropyAttributes } from './softmax-cross-entropy.ts';
export { topKCorrect } from './top-k-correct.ts';
