import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel, type Kernel } from '../kernel.ts';
import { itemsOf, rowsPerItem } from './split.ts';

interface LogitsAndLabels {
  logits: TensorInfo;
  /** int32 [N]: class numbers; float32 [N, K]: shares of the classes. */
  labels: TensorInfo;
}

const areClassNumbers = (labels: TensorInfo): number => Number(labels.dtype === 'int32');

export const softmaxCrossEntropy: Kernel = kernel<LogitsAndLabels, { labelSmoothing: number }>({
  name: 'striate.SoftmaxCrossEntropy',
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

export const softmaxCrossEntropyGradient: Kernel = kernel<
  LogitsAndLabels & { dy: TensorInfo },
  { labelSmoothing: number }
>({
  name: 'striate.SoftmaxCrossEntropyGradient',
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

export const topKCorrect: Kernel = kernel<LogitsAndLabels, { k: number }>({
  name: 'striate.TopKCorrect',
  run({ inputs: { logits, labels }, attributes: { k }, backend }) {
    const [rows, classes] = logits.shape as [number, number];
    const correct = backend.output([]);
    const addresses = [logits, labels, correct].map((tensor) => backend.address(tensor));
    backend.run('topKCorrect', [...addresses, rows, classes, k, areClassNumbers(labels)], { items: 1 });
    return correct;
  },
});
