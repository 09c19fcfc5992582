import * as zoo from '@striate/zoo';
import type { RightCall } from '../right-call.ts';

const common = { inputShape: [32, 32, 3], classes: 10 };

export const zooCalls: readonly RightCall[] = [
  { name: 'createModel', call: zoo.createModel, args: () => ['lenet5', { ...common }], options: 1 },
  { name: 'lenet5', call: zoo.lenet5, args: () => [{ ...common, activation: 'relu', pooling: 'max' }], options: 0 },
  { name: 'mlp', call: zoo.mlp, args: () => [{ ...common, hidden: [8] }], options: 0 },
  { name: 'mnistCnn', call: zoo.mnistCnn, args: () => [{ ...common, dropoutRate: 0.5 }], options: 0 },
  { name: 'resnet20', call: zoo.resnet20, args: () => [{ ...common, shortcut: 'projection' }], options: 0 },
  { name: 'resnetCifar', call: zoo.resnetCifar, args: () => [{ ...common, depth: 8 }], options: 0 },
  { name: 'srivastavaCnn', call: zoo.srivastavaCnn, args: () => [{ classes: 10, variant: 'maxPooling' }], options: 0 },
];
