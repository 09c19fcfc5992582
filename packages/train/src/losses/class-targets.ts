import { DataError, OptionError, arrayKind } from '@striate/core';
import type { HostTargets } from './loss.ts';

/** How far the shares of a sample's classes may be from 1 in sum. */
const sumTolerance = 1e-3;

/**
 * Checks that a model gives one number for each of several classes, and that targets are class numbers, [N], or have a
 * number for each class, [N, K].
 *
 * @throws {OptionError} if the output is of another shape, or there is but one class
 * @throws {DataError} naming the sample whose class number is out of range, or the shape that does not fit
 */
export function checkClassTargets(where: string, batch: HostTargets): void {
  const { targets, targetShape, ids, outputShape } = batch;
  const classes = outputShape[0]!;
  if (outputShape.length !== 1) {
    throw new OptionError(
      `${where}: the model's output is of shape [${outputShape.join(', ')}], but one logit a class is needed, [classes]. ` +
        'End the model with flatten() or globalAveragePool2d() and dense({ units: classes }).',
    );
  }
  if (classes === 1) {
    throw new OptionError(
      `${where}: the model has one output unit, but classes that exclude each other need two at least: one is always right. ` +
        'For one yes or no: loss: binaryCrossEntropy(), metrics: [binaryAccuracy()]. For a number: loss: meanSquaredError().',
    );
  }
  if (targetShape.length === 1 && arrayKind(targets) === 'Float32Array') {
    throw new DataError(
      `${where}: the labels are a Float32Array [N], but class numbers must be an Int32Array. ` +
        'Write targets: Int32Array.from(labels); where they are numbers to be met: loss: meanSquaredError().',
    );
  }
  if (targetShape.length === 1) return checkClassNumbers(where, targets, ids, classes);
  if (targetShape.length === 2 && targetShape[1] === classes) return;
  throw new DataError(
    `${where}: the labels are of shape [${targetShape.join(', ')}], but the model has ${classes} classes: ` +
      `wanted [N] (class numbers) or [N, ${classes}] (the share of each class).`,
  );
}

/**
 * Checks targets as {@link checkClassTargets} does, and that the shares of a sample's classes are at least 0 and make 1
 * together.
 *
 * @throws {DataError} naming the sample
 */
export function checkClassShares(where: string, batch: HostTargets): void {
  checkClassTargets(where, batch);
  const { targets, targetShape, ids } = batch;
  const classes = targetShape[1];
  if (classes === undefined) return;
  for (let start = 0; start < targets.length; start += classes) {
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const share = targets[start + k]!;
      if (!(share >= 0 && share < Infinity)) {
        throw new DataError(
          `${where}: the label of sample ${ids[start / classes]} gives class ${k} the share ${share}, but shares must be finite and at least 0.`,
        );
      }
      sum += share;
    }
    if (Math.abs(sum - 1) <= sumTolerance) continue;
    throw new DataError(
      `${where}: the label's shares of sample ${ids[start / classes]} make ${Number(sum.toPrecision(6))} together, but must make 1: [0, 1, 0] or [0.2, 0.8, 0]. ` +
        'Where several labels, or none, may hold: loss: binaryCrossEntropy().',
    );
  }
}

function checkClassNumbers(
  where: string,
  targets: ArrayLike<number>,
  ids: ArrayLike<number | string>,
  classes: number,
): void {
  for (let n = 0; n < targets.length; n++) {
    const label = targets[n]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new DataError(
      `${where}: the label of sample ${ids[n]} is ${label}, but the model has ${classes} classes, so labels are whole numbers from 0 to ${classes - 1}. ` +
        'Mend the label, or give the last layer as many units as there are classes.',
    );
  }
}
