import { fill, ops, tensor, type Tensor } from '@striate/core';
import type { RightCall } from '../right-call.ts';
import { definitionCall } from './definition-call.ts';

const held = new Map<string, Tensor>();
const shared = (name: string, make: () => Tensor): Tensor =>
  held.get(name) ?? (held.set(name, make()), held.get(name)!);
const x = (): Tensor => shared('x', () => fill([1, 4, 4, 2], 0.5));
const kernel = (): Tensor => shared('kernel', () => fill([3, 3, 2, 2], 0.5));
const matrix = (): Tensor => shared('matrix', () => fill([3, 3], 0.5));
const labels = (): Tensor => shared('labels', () => tensor([0, 1, 2], [3], 'int32'));
const row = (): Tensor => shared('row', () => fill([1, 3], 0.5));
const pairs = [
  'add',
  'subtract',
  'multiply',
  'divide',
  'power',
  'maximum',
  'minimum',
  'greater',
  'greaterEqual',
  'less',
  'lessEqual',
  'equal',
  'notEqual',
] as const;
const singles = ['negative', 'abs', 'sign', 'square', 'sqrt', 'exp', 'log', 'logicalNot', 'toFloat'] as const;
const geometry = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1] };

/** Ops with tensors: what a tensor of another kind does is each op's own test; here it is what is no tensor at all. */
export const opCalls: readonly RightCall[] = [
  definitionCall('defineActivation', ops.defineActivation),
  { name: 'activation', call: ops.activation, args: () => [x(), 'relu'] },
  { name: 'matMul', call: ops.matMul, args: () => [{ a: matrix(), b: matrix() }] },
  {
    name: 'conv2d',
    call: ops.conv2d,
    args: () => [{ x: x(), kernel: kernel() }, { ...geometry }],
    options: 1,
    needs: 2,
  },
  {
    name: 'maxPool2d',
    call: ops.maxPool2d,
    args: () => [x(), { kernelSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] }],
  },
  { name: 'concat', call: ops.concat, args: () => [[x(), x()]] },
  { name: 'reshape', call: ops.reshape, args: () => [x(), [32]] },
  { name: 'transpose', call: ops.transpose, args: () => [x(), [0, 3, 1, 2]], needs: 1 },
  ...pairs.map((name): RightCall => ({
    name,
    call: ops[name],
    args: () => [x(), x()],
    also: { '#0': ['number'], '#1': ['number'] },
  })),
  ...(['logicalAnd', 'logicalOr'] as const).map((name): RightCall => ({
    name,
    call: ops[name],
    args: () => [x(), x()],
  })),
  ...singles.map((name): RightCall => ({ name, call: ops[name], args: () => [x()] })),
  ...(['sum', 'mean', 'max', 'min'] as const).map((name): RightCall => ({
    name,
    call: ops[name],
    args: () => [matrix(), { axis: [0, 1], keepDims: true }],
    options: 1,
    also: { axis: ['number'] },
  })),
  ...(['argMax', 'softmax', 'logSoftmax'] as const).map((name): RightCall => ({
    name,
    call: ops[name],
    args: () => [matrix(), { axis: 0 }],
    options: 1,
  })),
  { name: 'broadcastTo', call: ops.broadcastTo, args: () => [matrix(), [2, 3, 3]] },
  { name: 'cast', call: ops.cast, args: () => [matrix(), 'int32'] },
  { name: 'clip', call: ops.clip, args: () => [matrix(), 0, 1] },
  { name: 'expandDims', call: ops.expandDims, args: () => [matrix(), 0] },
  { name: 'squeeze', call: ops.squeeze, args: () => [row(), 0], needs: 1 },
  { name: 'stack', call: ops.stack, args: () => [[x(), x()], 1], needs: 1 },
  { name: 'pad', call: ops.pad, args: () => [matrix(), [[1, 1], [0, 2]], 0], needs: 2, also: { '#2': ['number'] } }, // prettier-ignore
  { name: 'pick', call: ops.pick, args: () => [matrix(), labels(), { axis: 1 }], options: 2 },
  { name: 'oneHot', call: ops.oneHot, args: () => [labels(), 3] },
  {
    name: 'where',
    call: ops.where,
    args: () => [matrix(), matrix(), 0],
    also: { '#1': ['number'], '#2': ['number'] },
  },
  {
    name: 'softmaxCrossEntropy',
    call: ops.softmaxCrossEntropy,
    args: () => [{ logits: matrix(), labels: labels() }, { labelSmoothing: 0 }],
    options: 1,
    needs: 2,
  },
  { name: 'topKCorrect', call: ops.topKCorrect, args: () => [{ logits: matrix(), labels: labels() }, { k: 1 }] },
];

/**
 * Ops that layers call with what they have checked; a value that is no tensor is refused by all alike. Kinds have
 * kinds.test.ts.
 */
export const opsWithoutCalls: readonly string[] = `
  adam adaptiveAveragePool2d adaptiveMaxPool2d averagePool2d globalAveragePool2d
  batchNorm batchNormInference conv2dTranspose defineActivation dropBlockMask
  dropout groupNorm layerNorm limitNorm localResponseNorm locallyConnected2d 
  movingAverage orthogonalPenalty pad2d 
  penalty prelu probabilityPool2d randomBits randomNormal rescale residualConv2d resize2d 
  resolveActivation scaleBy sgd slice spectralNorm stochasticPool2d unitNorm weightNorm
`
  .trim()
  .split(/\s+/);
