import type { Command } from 'commander';
import { batches } from '@striate/data';
import { accuracy, crossEntropy, evaluate } from '@striate/train';
import { startBackend } from '../backends.ts';
import { datasets, loadDataset } from '../datasets.ts';
import { loadClassifier } from '../model-folder.ts';
import { count, percent } from '../output.ts';
import { wholeNumber } from '../parse.ts';
import { outputFor, withComputeOptions, type ComputeOptions } from './common.ts';

type EvaluateOptions = ComputeOptions & { data: string; directory?: string; batch: number };

/** `striate evaluate MODEL_FOLDER`: loss and accuracy on a test set. */
export function addEvaluate(program: Command): void {
  withComputeOptions(program.command('evaluate'))
    .description('measure loss and accuracy of a saved model on a test set')
    .argument('<folder>', 'folder of a saved model, or of a training run')
    .option('--data <name>', `data set: ${Object.keys(datasets).join(', ')}`, 'mnist')
    .option('--directory <path>', "folder with the data set's files")
    .option('--batch <size>', 'images a batch', wholeNumber(1), 256)
    .action(async (folder: string, options: EvaluateOptions) => {
      const output = outputFor(options);
      const { test } = await loadDataset(options.data, options.directory);
      await startBackend(options);
      const { network, preprocessing } = await loadClassifier(folder);
      const data = batches(test, { size: options.batch, preprocessing });
      const result = await evaluate(network, data, { loss: crossEntropy(), metrics: [accuracy()] });
      output.line(`${count(test.length)} test images of ${options.data}`);
      const { loss, accuracy: testAccuracy } = result as { loss: number; accuracy: number };
      output.result(`test accuracy ${percent(testAccuracy)}, loss ${loss.toFixed(4)}`, { testAccuracy, loss });
    });
}
