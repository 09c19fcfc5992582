import { ops } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel } from '../kernel.ts';
import { itemsOf, rowsPerItem } from './split.ts';

const areClassNumbers = (labels: TensorInfo): number => Number(labels.dtype === 'int32');

export const softmaxCrossEntropy: Kernel = defineKernel(ops.softmaxCrossEntropy, {
  run({ inputs: { logits, labels }, attributes: { labelSmoothing }, backend }) {
    const [rows, classes] = logits.shape as [number, number];
    const losses = backend.output([rows]);
    const perItem = rowsPerItem(classes, 8192);
    const addresses = [logits, labels, losses].map((tensor) => backend.address(tensor));
    backend.run(
      'softmaxCrossEntropy',
      [...addresses, rows, classes, perItem, labelSmoothing, areClassNumbers(labels)],
      { items: itemsOf(rows, perItem) },
    );
    return losses;
  },
});

export const softmaxCrossEntropyGradient: Kernel = defineKernel(ops.softmaxCrossEntropyGradient, {
  run({ inputs: { dy, logits, labels }, attributes: { labelSmoothing }, backend }) {
    const [rows, classes] = logits.shape as [number, number];
    const dLogits = backend.output(logits.shape);
    const perItem = rowsPerItem(classes, 8192);
    const addresses = [dy, logits, labels, dLogits].map((tensor) => backend.address(tensor));
    backend.run(
      'softmaxCrossEntropyGradient',
      [...addresses, rows, classes, perItem, labelSmoothing, areClassNumbers(labels)],
      { items: itemsOf(rows, perItem) },
    );
    return dLogits;
  },
});

export const topKCorrect: Kernel = defineKernel(ops.topKCorrect, {
  run({ inputs: { logits, labels }, attributes: { k }, backend }) {
    const [rows, classes] = logits.shape as [number, number];
    const correct = backend.output([]);
    const addresses = [logits, labels, correct].map((tensor) => backend.address(tensor));
    backend.run('topKCorrect', [...addresses, rows, classes, k, areClassNumbers(labels)], { items: 1 });
    return correct;
  },
});
