import { ops as definitions } from '@striate/core/backend';
import { ops, type Tensor, type Values } from '@striate/core';

type Attributes = Record<string, never>;

const activation = (attributes: Attributes): ops.ActivationKind | ops.ActivationRecord => attributes['kind']!;

/** Left out: all axes. */
const overAxes = ({ axes, keepDims }: Attributes): ops.ReduceOptions =>
  axes === undefined ? {} : { axis: axes, keepDims: keepDims! };

const ofTwo = [
  ...(['add', 'subtract', 'divide', 'power', 'maximum', 'minimum'] as const),
  ...(['greater', 'greaterEqual', 'less', 'lessEqual', 'equal', 'notEqual'] as const),
];
const ofOne = ['negative', 'abs', 'sign', 'square', 'sqrt', 'exp', 'log'] as const;
const kernelName = (op: string): string => `striate.${op.charAt(0).toUpperCase()}${op.slice(1)}`;

/** How to call the op of a kernel's name with inputs and attributes by name. */
const calls: Record<string, (inputs: Values, attributes: Attributes) => Tensor[]> = {
  ...Object.fromEntries(ofTwo.map((op) => [kernelName(op), ({ a, b }: Values) => [ops[op](a!, b!)]])),
  ...Object.fromEntries(ofOne.map((op) => [kernelName(op), ({ x }: Values) => [ops[op](x!)]])),
  'striate.Conv2d': ({ x, kernel, bias }, attributes) => [
    ops.conv2d({ x: x!, kernel: kernel!, bias }, attributes as never),
  ],
  'striate.ResidualConv2d': ({ x, kernel, bias, residual }, attributes) => [
    ops.residualConv2d({ x: x!, kernel: kernel!, bias, residual: residual! }, attributes as never),
  ],
  'striate.Conv2dTranspose': ({ x, kernel, bias }, attributes) => [
    ops.conv2dTranspose({ x: x!, kernel: kernel!, bias }, attributes as never),
  ],
  'striate.LocallyConnected2d': ({ x, kernel, bias }, attributes) => [
    ops.locallyConnected2d({ x: x!, kernel: kernel!, bias }, attributes as never),
  ],
  'striate.Pad2d': ({ x }, attributes) => [ops.pad2d(x!, attributes as never)],
  'striate.MatMul': ({ a, b, bias }, attributes) => [ops.matMul({ a: a!, b: b!, bias }, attributes)],
  'striate.MaxPool2d': ({ x }, attributes) => [ops.maxPool2d(x!, attributes as never)],
  'striate.AveragePool2d': ({ x }, attributes) => [ops.averagePool2d(x!, attributes as never)],
  'striate.AdaptiveAveragePool2d': ({ x }, attributes) => [ops.adaptiveAveragePool2d(x!, attributes as never)],
  'striate.AdaptiveMaxPool2d': ({ x }, attributes) => [ops.adaptiveMaxPool2d(x!, attributes as never)],
  'striate.ProbabilityPool2d': ({ x }, attributes) => [ops.probabilityPool2d(x!, attributes as never)],
  'striate.GroupNorm': ({ x, gamma, beta }, attributes) => [
    ops.groupNorm({ x: x!, gamma: gamma!, beta: beta! }, attributes as never),
  ],
  'striate.LocalResponseNorm': ({ x }, attributes) => [ops.localResponseNorm(x!, attributes as never)],
  'striate.UnitNorm': ({ x }) => [ops.unitNorm(x!)],
  'striate.WeightNorm': ({ v, g }) => [ops.weightNorm({ v: v!, g: g! })],
  'striate.SpectralNorm': ({ kernel, u, v }, attributes) =>
    Object.values(ops.spectralNorm({ kernel: kernel!, u: u!, v: v! }, attributes as never)),
  'striate.GlobalAveragePool2d': ({ x }) => [ops.globalAveragePool2d(x!)],
  'striate.BatchNorm': ({ x, gamma, beta, residual }, attributes) => {
    const { y, mean, variance } = ops.batchNorm({ x: x!, gamma: gamma!, beta: beta!, residual }, attributes as never);
    return [y, mean, variance];
  },
  'striate.BatchNormInference': ({ x, gamma, beta, mean, variance, residual }, attributes) => [
    ops.batchNormInference(
      { x: x!, gamma: gamma!, beta: beta!, mean: mean!, variance: variance!, residual },
      attributes as never,
    ),
  ],
  'striate.SoftmaxCrossEntropy': ({ logits, labels }, attributes) => [
    ops.softmaxCrossEntropy({ logits: logits!, labels: labels! }, attributes as never),
  ],
  'striate.Mean': ({ x }, attributes) => [ops.mean(x!, overAxes(attributes))],
  'striate.Sum': ({ x }, attributes) => [ops.sum(x!, overAxes(attributes))],
  'striate.Max': ({ x }, attributes) => [ops.max(x!, overAxes(attributes))],
  'striate.Min': ({ x }, attributes) => [ops.min(x!, overAxes(attributes))],
  'striate.ArgMax': ({ x }, attributes) => [ops.argMax(x!, attributes)],
  'striate.Pick': ({ x, indices }, attributes) => [ops.pick(x!, indices!, attributes)],
  'striate.Where': ({ condition, a, b }) => [ops.where(condition!, a!, b!)],
  'striate.Clip': ({ x }, attributes) => [ops.clip(x!, attributes['minimum']!, attributes['maximum']!)],
  'striate.Pad': ({ x }, attributes) => [ops.pad(x!, attributes['sides']!, attributes['value'])],
  'striate.BroadcastTo': ({ x }, attributes) => [ops.broadcastTo(x!, attributes['shape']!)],
  'striate.TopKCorrect': ({ logits, labels }, attributes) => [
    ops.topKCorrect({ logits: logits!, labels: labels! }, attributes as never),
  ],
  'striate.Activation': ({ x }, attributes) => [ops.activation(x!, activation(attributes))],
  // Factors of channels as the layer takes them, [N, C].
  'striate.Multiply'({ a, b }) {
    const [x, factors] = [a!, b!];
    const asImage = x.rank === 4 && factors.rank === 2;
    return [ops.multiply(x, asImage ? ops.reshape(factors, [factors.shape[0], 1, 1, factors.shape[1]!]) : factors)];
  },
  'striate.Prelu': ({ x, alpha }) => [ops.prelu({ x: x!, alpha: alpha! })],
  'striate.Concat': (inputs, attributes) => [ops.concat(Object.values(inputs), attributes['axis'])],
  'striate.Slice': ({ x }, attributes) => [ops.slice(x!, attributes as never)],
  'striate.Rescale': ({ x }, attributes) => [ops.rescale(x!, attributes)],
  'striate.Resize2d': ({ x }, attributes) => [ops.resize2d(x!, attributes as never)],
};

/** Runs an op by its kernel's name, a gradient as it is defined. */
export function runByKernelName(name: string, inputs: Values, attributes: object): Tensor[] {
  const call = calls[name];
  if (call) return call(inputs, attributes as Attributes);
  const op = Object.values(definitions).find(({ definition }) => definition.name === name)!;
  return op(inputs as never, attributes as never);
}
