// Every op as it is defined, its gradients too, by the name of its kernel: what a backend's kernels are written for.
export {
  activationOp as activation,
  activationGradientOp as activationGradient,
  gatedActivationOp as gatedActivation,
  gatedActivationGradientOp as gatedActivationGradient,
} from './activation.ts';
export { adamOp as adam } from './adam.ts';
export {
  adaptiveAveragePool2dOp as adaptiveAveragePool2d,
  adaptiveAveragePool2dGradientOp as adaptiveAveragePool2dGradient,
  adaptiveMaxPool2dOp as adaptiveMaxPool2d,
  adaptiveMaxPool2dGradientOp as adaptiveMaxPool2dGradient,
} from './adaptive-pool2d.ts';
export { addOp as add } from './add.ts';
export { argMaxOp as argMax } from './arg-max.ts';
export {
  averagePool2dOp as averagePool2d,
  averagePool2dGradientOp as averagePool2dGradient,
  globalAveragePool2dOp as globalAveragePool2d,
  globalAveragePool2dGradientOp as globalAveragePool2dGradient,
} from './average-pool2d.ts';
export {
  batchNormOp as batchNorm,
  batchNormGradientOp as batchNormGradient,
  batchNormInferenceOp as batchNormInference,
  batchNormInferenceGradientOp as batchNormInferenceGradient,
} from './batch-norm.ts';
export { castOp as cast } from './cast.ts';
export { clipOp as clip } from './clip.ts';
export {
  equalOp as equal,
  greaterOp as greater,
  greaterEqualOp as greaterEqual,
  lessOp as less,
  lessEqualOp as lessEqual,
  notEqualOp as notEqual,
} from './compare.ts';
export { concatOp as concat } from './concat.ts';
export { conv2dTransposeOp as conv2dTranspose } from './conv2d-transpose.ts';
export {
  conv2dOp as conv2d,
  inputGradientOp as conv2dInputGradient,
  kernelGradientOp as conv2dKernelGradient,
} from './conv2d.ts';
export { toFloatOp as toFloat } from '../define-op.ts';
export { divideOp as divide } from './divide.ts';
export { dropBlockMaskOp as dropBlockMask } from './drop-block-mask.ts';
export { dropoutOp as dropout } from './dropout.ts';
export { groupNormOp as groupNorm, groupNormGradientOp as groupNormGradient } from './group-norm.ts';
export { limitNormOp as limitNorm } from './limit-norm.ts';
export {
  localResponseNormOp as localResponseNorm,
  localResponseNormGradientOp as localResponseNormGradient,
} from './local-response-norm.ts';
export {
  locallyConnected2dOp as locallyConnected2d,
  inputGradientOp as locallyConnected2dInputGradient,
  kernelGradientOp as locallyConnected2dKernelGradient,
} from './locally-connected2d.ts';
export { logicalAndOp as logicalAnd, logicalNotOp as logicalNot, logicalOrOp as logicalOr } from './logical.ts';
export { biasGradientOp as biasGradient, matMulOp as matMul } from './mat-mul.ts';
export { maxPool2dOp as maxPool2d, maxPool2dGradientOp as maxPool2dGradient } from './max-pool2d.ts';
export { maxOp as max, minOp as min } from './max.ts';
export { maximumOp as maximum, minimumOp as minimum } from './maximum.ts';
export { meanOp as mean, meanGradientOp as meanGradient } from './mean.ts';
export { movingAverageOp as movingAverage } from './moving-average.ts';
export { multiplyOp as multiply } from './multiply.ts';
export { oneHotOp as oneHot } from './one-hot.ts';
export {
  orthogonalPenaltyOp as orthogonalPenalty,
  orthogonalPenaltyGradientOp as orthogonalPenaltyGradient,
} from './orthogonal-penalty.ts';
export { padOp as pad } from './pad.ts';
export { pad2dOp as pad2d, pad2dGradientOp as pad2dGradient } from './pad2d.ts';
export { penaltyOp as penalty, penaltyGradientOp as penaltyGradient } from './penalty.ts';
export { pickOp as pick } from './pick.ts';
export { powerOp as power } from './power.ts';
export { preluOp as prelu, preluGradientOp as preluGradient } from './prelu.ts';
export { randomBitsOp as randomBits } from './random-bits.ts';
export { randomNormalOp as randomNormal } from './random-normal.ts';
export { rescaleOp as rescale } from './rescale.ts';
export { reshapeOp as reshape } from './reshape.ts';
export { residualConv2dOp as residualConv2d } from './residual-conv2d.ts';
export { resize2dOp as resize2d, resize2dGradientOp as resize2dGradient } from './resize2d.ts';
export { scaleByOp as scaleBy } from './scale-by.ts';
export { sgdOp as sgd } from './sgd.ts';
export { sliceOp as slice } from './slice.ts';
export {
  softmaxCrossEntropyOp as softmaxCrossEntropy,
  softmaxCrossEntropyGradientOp as softmaxCrossEntropyGradient,
} from './softmax-cross-entropy.ts';
export { spectralNormOp as spectralNorm, spectralNormGradientOp as spectralNormGradient } from './spectral-norm.ts';
export {
  stochasticPool2dOp as stochasticPool2d,
  probabilityPool2dOp as probabilityPool2d,
  probabilityPool2dGradientOp as probabilityPool2dGradient,
  stochasticPool2dGradientOp as stochasticPool2dGradient,
} from './stochastic-pool2d.ts';
export { subtractOp as subtract } from './subtract.ts';
export { broadcastToOp as broadcastTo, sumOp as sum } from './sum.ts';
export { topKCorrectOp as topKCorrect } from './top-k-correct.ts';
export { transposeOp as transpose } from './transpose.ts';
export {
  absOp as abs,
  expOp as exp,
  logOp as log,
  negativeOp as negative,
  signOp as sign,
  sqrtOp as sqrt,
  squareOp as square,
} from './unary.ts';
export { unitNormOp as unitNorm, unitNormGradientOp as unitNormGradient } from './unit-norm.ts';
export { weightNormOp as weightNorm, weightNormGradientOp as weightNormGradient } from './weight-norm.ts';
export { whereOp as where } from './where.ts';

export type { AdaptivePool2dAttributes } from './adaptive-pool2d.ts';
export type { ConvolutionGeometry } from './conv2d.ts';
export type { LocalGeometry } from './locally-connected2d.ts';
export type { PoolGeometry } from './max-pool2d.ts';
export type { Pad2dGradientAttributes } from './pad2d.ts';
export type { Resize2dAttributes } from './resize2d.ts';
export type { RandomSource } from './random-bits.ts';
