export { close, heapBase, leave, open, participate, serve } from './job';
export { boolToFloat, boolToInt, floatToBool, floatToInt, intToBool, intToFloat } from './cast';
export { winogradConvolution } from './winograd-convolution';
export { winogradKernelGradient, winogradSum } from './winograd-kernel-gradient';
export { winogradWeights } from './winograd-weights';
export { addKernelGradients } from './add-kernel-gradients';
export { addChannelCopies, repeatChannels } from './channel-copies';
export { conv2dKernelGradient } from './conv2d-kernel-gradient';
export { convolve } from './convolve';
export { addFewRows, multiplyFewRows } from './multiply-few-rows';
export { packPanels } from './pack-panels';
export { transposeMatrices } from './transpose-matrices';
export { activate, activateGradient } from './activation';
export { addFloats, addInts } from './add-n';
export { anyBelow } from './any-below';
export { argumentByte, argumentFloat, argumentInt } from './arg-max';
export { averagePool, averagePoolGradient } from './average-pool';
export { batchNormApply, batchNormCombine, batchNormMoments } from './batch-norm';
export { batchNormGradientApply, batchNormGradientCombine, batchNormGradientSums } from './batch-norm-gradient';
export { binaryByte, binaryFloat, binaryInt, compareByte, compareFloat, compareInt } from './binary';
export { columnSums, columnSumsCombine } from './column-sums';
export { copyBytes, copyWords } from './copy';
export { fillByte, fillFloat, fillFrom, fillInt } from './fill';
export { globalAveragePool, globalAveragePoolGradient } from './global-average-pool';
export { groupNormApply, groupNormCombine, groupNormMoments } from './group-norm';
export {
  groupNormGradientApply,
  groupNormGradientCombine,
  groupNormGradientParameters,
  groupNormGradientSums,
} from './group-norm-gradient';
export { layerNorm, layerNormGradient, layerNormGradientCombine } from './layer-norm';
export { localResponseNorm, localResponseNormGradient } from './local-response-norm';
export { maxPool, maxPoolGradient } from './max-pool';
export { movingAverage } from './moving-average';
export { pad, padGradient } from './pad';
export { adam, sgd } from './optimizer';
export { penalty, penaltyGradient } from './penalty';
export { dropout, randomBits } from './random';
export { randomNormal } from './random-normal';
export { reduceByte, reduceDouble, reduceFloat, reduceInt, storeReduced } from './reduce';
export { resample } from './resample';
export { gather, oneHot, select } from './select';
export { softmax, softmaxGradient } from './softmax';
export { softmaxCrossEntropy, softmaxCrossEntropyGradient, topKCorrect } from './softmax-cross-entropy';
export { stochasticPool, stochasticPoolGradient } from './stochastic-pool';
export { unary, unaryInt } from './unary';
