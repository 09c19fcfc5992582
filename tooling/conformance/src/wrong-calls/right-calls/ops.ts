import { fill, ops, tensor, type Tensor } from '@striate/core';
import type { RightCall } from '../right-call.ts';

const held = new Map<string, Tensor>();
const shared = (name: string, make: () => Tensor): Tensor =>
  held.get(name) ?? (held.set(name, make()), held.get(name)!);
const x = (): Tensor => shared('x', () => fill([1, 4, 4, 2], 0.5));
const kernel = (): Tensor => shared('kernel', () => fill([3, 3, 2, 2], 0.5));
const matrix = (): Tensor => shared('matrix', () => fill([3, 3], 0.5));
const labels = (): Tensor => shared('labels', () => tensor([0, 1, 2], [3], 'int32'));
const geometry = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1] };

/** Ops with tensors: what a tensor of another kind does is each op's own test; here it is what is no tensor at all. */
export const opCalls: readonly RightCall[] = [
  { name: 'activation', call: ops.activation, args: () => [x(), 'relu'] },
  { name: 'add', call: ops.add, args: () => [x(), x()] },
  { name: 'subtract', call: ops.subtract, args: () => [x(), x()] },
  { name: 'multiply', call: ops.multiply, args: () => [x(), x()] },
  { name: 'maximum', call: ops.maximum, args: () => [x(), x()] },
  { name: 'minimum', call: ops.minimum, args: () => [x(), x()] },
  { name: 'mean', call: ops.mean, args: () => [x()] },
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
  { name: 'transpose', call: ops.transpose, args: () => [x(), [0, 3, 1, 2]] },
  {
    name: 'softmaxCrossEntropy',
    call: ops.softmaxCrossEntropy,
    args: () => [{ logits: matrix(), labels: labels() }, { labelSmoothing: 0 }],
    options: 1,
    needs: 2,
  },
  { name: 'topKCorrect', call: ops.topKCorrect, args: () => [{ logits: matrix(), labels: labels() }, { k: 1 }] },
];
