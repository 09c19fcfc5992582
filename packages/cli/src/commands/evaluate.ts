import type { Command } from 'commander';
import { DataError } from '@striate/core';
import { batches, type Dataset } from '@striate/data';
import type { ClassifyingNetwork } from '@striate/inference/internal';
import { accuracy, crossEntropy, evaluate } from '@striate/train';
import { startBackend } from '../backends.ts';
import { loadDataset } from '../datasets.ts';
import { findModelFolder, loadClassifier } from '../model-folder.ts';
import { count, createOutput, percent } from '../output.ts';
import { wholeNumber } from '../parse.ts';
import { visible } from '../visible.ts';
import { examples, withComputeOptions, withDataOptions, type ComputeOptions, type DataOptions } from './common.ts';

type EvaluateOptions = ComputeOptions & DataOptions & { batch: number };

/** `striate evaluate FOLDER`: loss and accuracy on a test set. */
export function define(command: Command): void {
  command.argument('<folder>', 'folder of a saved model, or of a training run');
  withDataOptions(command).option('--batch <size>', 'images computed at once', wholeNumber(1, 1e6), 256);
  withComputeOptions(command)
    .addHelpText('after', examples('evaluate runs/lenet5-mnist', 'evaluate runs/lenet5-mnist --batch 1000 --json'))
    .action(async (folder: string) => evaluateModel(folder, command.optsWithGlobals()));
}

async function evaluateModel(folder: string, options: EvaluateOptions): Promise<void> {
  const output = createOutput(options);
  const modelFolder = await findModelFolder(folder);
  const { test } = await loadDataset(options.data, options.directory);
  await startBackend(options, (reason) => output.line(reason));
  const network = await loadClassifier(modelFolder);
  checkFits(modelFolder, network, test);
  const data = batches(test, { size: options.batch, preprocessing: network.preprocessing });
  const result = await evaluate(network, data, { loss: crossEntropy(), metrics: [accuracy()] });
  output.line(`${count(test.length)} test images of ${options.data}`);
  const { loss, accuracy: testAccuracy } = result as { loss: number; accuracy: number };
  await output.result(`test accuracy ${percent(testAccuracy)}, loss ${loss.toFixed(4)}`, { testAccuracy, loss });
}

/** A model that was trained on something else would be measured without a word, and badly. */
function checkFits(
  folder: string,
  { classNames, preprocessing }: ClassifyingNetwork,
  { name, ...test }: Dataset,
): void {
  const trained = [...preprocessing.size, preprocessing.channels].join('x');
  const given = test.inputShape.join('x');
  if (trained !== given) {
    throw new DataError(`${folder}: the model is for images of ${trained}, but those of ${name} are ${given}.`);
  }
  if (classNames.join() !== test.classNames.join()) {
    throw new DataError(
      `${folder}: the model's classes are ${classNames.map(visible).join(', ')}, but those of ${name} are ${test.classNames.join(', ')}. Give the data set that it was trained on with --data.`,
    );
  }
}
