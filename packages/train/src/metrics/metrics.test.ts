import { expect, test } from 'vitest';
import type { HostTargets } from '../losses/loss.ts';
import { accuracy } from './accuracy.ts';
import { binaryAccuracy } from './binary-accuracy.ts';
import { topK } from './top-k.ts';

const batch = (targets: number[], targetShape: number[], outputShape: number[] = [3]): HostTargets => ({
  targets,
  targetShape,
  outputShape,
  ids: [40, 41],
});

test('metrics refuse what they cannot measure', () => {
  expect(() => accuracy().check!(batch([0, 1], [2]))).not.toThrow();
  expect(() => accuracy().check!(batch([0, 1, 0, 1, -1, -1], [2, 3]))).not.toThrow();
  expect(() => accuracy().check!(batch([0, 1], [2], [1]))).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: accuracy: the model has one output unit, but classes that exclude each other need two at least: one is always right. For one yes or no: loss: binaryCrossEntropy(), metrics: [binaryAccuracy()]. For a number: loss: meanSquaredError().]`,
  );
  expect(() => accuracy().check!(batch([0, 3], [2]))).toThrow('the label of sample 41 is 3');
  expect(() => accuracy().check!(batch([0, 1, 0, 0, 0, 0], [2, 3]))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: accuracy: the label of sample 41 has no largest entry, since all are 0.]`,
  );
  expect(() => accuracy().check!(batch([0, 1, 0, 0, NaN, 0], [2, 3]))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: accuracy: the label of sample 41 gives class 1 the share NaN.]`,
  );
  expect(() => topK(3).check!(batch([0, 1], [2]))).not.toThrow();
  expect(() => topK(4).check!(batch([0, 1], [2]))).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: topK: k is 4, but the model has 3 classes, so that every answer is right.]`,
  );
  expect(() => topK({ k: 5 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: topK: k is {"k":5}, but must be a whole number of at least 1.]`,
  );
  expect(() => binaryAccuracy().check!(batch([0, 1], [2]))).toThrow('binaryAccuracy: the targets are of shape [2]');
  expect(() => accuracy({ topK: 5 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: accuracy: there is no option 'topK'. It has none.]`,
  );
});
