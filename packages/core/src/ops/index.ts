export {
  defineActivation,
  type ActivationCall,
  type ActivationMade,
  type ForeignActivation,
} from './activation-kind.ts';
export {
  activationKinds,
  activations,
  resolveActivation,
  type ActivationKind,
  type ActivationRecord,
} from './activation-record.ts';
export { activation } from './activation.ts';
export { adam, type AdamAttributes } from './adam.ts';
export { adaptiveAveragePool2d, adaptiveMaxPool2d, type AdaptivePool2dAttributes } from './adaptive-pool2d.ts';
export { add } from './add.ts';
export { argMax } from './arg-max.ts';
export { averagePool2d, globalAveragePool2d, type AveragePool2dAttributes } from './average-pool2d.ts';
export type { ReduceOptions } from './axes.ts';
export { batchNorm, batchNormInference, type BatchNormAttributes } from './batch-norm.ts';
export { cast } from './cast.ts';
export { clip } from './clip.ts';
export { equal, greater, greaterEqual, less, lessEqual, notEqual } from './compare.ts';
export { concat } from './concat.ts';
export { conv2dTranspose, type Conv2dTransposeAttributes } from './conv2d-transpose.ts';
export { conv2d, type Conv2dAttributes, type ConvolutionGeometry } from './conv2d.ts';
export { toFloat } from '../define-op.ts';
export { divide } from './divide.ts';
export { dropBlockMask, type DropBlockAttributes } from './drop-block-mask.ts';
export { dropout, type DropoutAttributes } from './dropout.ts';
export { expandDims, squeeze } from './expand-dims.ts';
export { groupNorm, layerNorm, type GroupNormAttributes } from './group-norm.ts';
export { limitNorm, type LimitNormAttributes } from './limit-norm.ts';
export { localResponseNorm, type LocalResponseNormAttributes } from './local-response-norm.ts';
export { locallyConnected2d, type LocalGeometry, type LocallyConnected2dAttributes } from './locally-connected2d.ts';
export { logicalAnd, logicalNot, logicalOr } from './logical.ts';
export { type FusedActivation } from './mask.ts';
export { matMul, type MatMulAttributes } from './mat-mul.ts';
export { maxPool2d, type MaxPool2dAttributes, type PoolGeometry } from './max-pool2d.ts';
export { max, min } from './max.ts';
export { maximum, minimum } from './maximum.ts';
export { mean } from './mean.ts';
export { movingAverage } from './moving-average.ts';
export { multiply } from './multiply.ts';
export { oneHot } from './one-hot.ts';
export { orthogonalPenalty, type OrthogonalPenaltyAttributes } from './orthogonal-penalty.ts';
export { pad } from './pad.ts';
export { pad2d, type Pad2dAttributes } from './pad2d.ts';
export type { Operand } from './pairwise.ts';
export { penalty, type PenaltyAttributes } from './penalty.ts';
export { pick } from './pick.ts';
export { power } from './power.ts';
export { prelu } from './prelu.ts';
export { randomBits, type RandomSource } from './random-bits.ts';
export { randomNormal, type RandomNormalAttributes } from './random-normal.ts';
export { rescale } from './rescale.ts';
export { reshape } from './reshape.ts';
export { residualConv2d } from './residual-conv2d.ts';
export { interpolations, resize2d, type Interpolation, type Resize2dAttributes } from './resize2d.ts';
export { scaleBy } from './scale-by.ts';
export { sgd, type SgdAttributes } from './sgd.ts';
export { slice, type SliceAttributes } from './slice.ts';
export { softmaxCrossEntropy, type CrossEntropyAttributes } from './softmax-cross-entropy.ts';
export { logSoftmax, softmax } from './softmax.ts';
export { spectralNorm, type SpectralNormAttributes } from './spectral-norm.ts';
export { stack } from './stack.ts';
export { probabilityPool2d, stochasticPool2d, type StochasticPool2dAttributes } from './stochastic-pool2d.ts';
export { subtract } from './subtract.ts';
export { broadcastTo, sum } from './sum.ts';
export { topKCorrect } from './top-k-correct.ts';
export { transpose } from './transpose.ts';
export { abs, exp, log, negative, sign, sqrt, square } from './unary.ts';
export { unitNorm } from './unit-norm.ts';
export { weightNorm } from './weight-norm.ts';
export { where } from './where.ts';
