import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { activeBackend, sizeOf } from '@striate/core';
import { batches, fitPreprocessing, split, type Preprocessing } from '@striate/data';
import { parameterSpecs, type Model } from '@striate/layers';
import {
  accuracy,
  adam,
  adamW,
  checkpoints,
  crossEntropy,
  evaluate,
  fit,
  latestCheckpoint,
  listCheckpoints,
  save,
  sgd,
  weightsSha256,
  type FitResult,
  type Optimizer,
} from '@striate/train';
import { createModel, models } from '@striate/zoo';
import { startBackend } from '../backends.ts';
import { datasets, loadDataset } from '../datasets.ts';
import { interruptible } from '../interrupt.ts';
import { count, field, percent, type Output } from '../output.ts';
import { numberBetween, wholeNumber } from '../parse.ts';
import { progress } from '../progress.ts';
import { outputFor, withComputeOptions, type ComputeOptions } from './common.ts';

interface TrainOptions extends ComputeOptions {
  model: string;
  data: string;
  directory?: string;
  epochs: number;
  batch: number;
  seed: number;
  optimizer: keyof typeof optimizers;
  learningRate?: number;
  validation: number;
  out?: string;
  checkpointEvery?: number;
  resume?: boolean;
  overwrite?: boolean;
}

const optimizers = {
  adam: (learningRate = 1e-3): Optimizer => adam({ learningRate }),
  adamw: (learningRate = 1e-3): Optimizer => adamW({ learningRate }),
  sgd: (learningRate = 0.01): Optimizer => sgd({ learningRate, momentum: 0.9 }),
};

/** `striate train`: trains a model of the zoo, tests it, and saves it. */
export function addTrain(program: Command): void {
  withComputeOptions(program.command('train'))
    .description('train a model, test it, and save it with all that `predict` needs')
    .option('--model <name>', `model: ${Object.keys(models).join(', ')}`, 'lenet5')
    .option('--data <name>', `data set: ${Object.keys(datasets).join(', ')}`, 'mnist')
    .option('--directory <path>', "folder with the data set's files")
    .option('--epochs <count>', 'epochs in all, those before --resume included', wholeNumber(1), 6)
    .option('--batch <size>', 'images a step', wholeNumber(1), 64)
    .option('--seed <number>', 'all randomness depends on it', wholeNumber(0), 1)
    .addOption(new Option('--optimizer <name>', 'optimizer').choices(Object.keys(optimizers)).default('adam'))
    .option('--learning-rate <number>', 'learning rate (default: 0.001, for sgd 0.01)', numberBetween(0, 1e6))
    .option('--validation <share>', 'share of the training images held out for validation', numberBetween(0, 1), 0.05)
    .option('--out <folder>', 'where checkpoints and the model go (default: runs/MODEL-DATA)')
    .option('--checkpoint-every <steps>', 'checkpoints within an epoch, besides those at its end', wholeNumber(1))
    .addOption(new Option('--resume', 'go on from the last checkpoint in --out; without one, start afresh'))
    .addOption(new Option('--overwrite', 'remove the checkpoints that --out holds').conflicts('resume'))
    .action(train);
}

async function train(options: TrainOptions): Promise<void> {
  const output = outputFor(options);
  const out = options.out ?? join('runs', `${options.model}-${options.data}`);
  const { train: all, test } = await loadDataset(options.data, options.directory);
  const model = createModel(options.model, { inputShape: all.inputShape, classes: all.classNames.length });
  const parts =
    options.validation > 0 ? split(all, { validation: options.validation, seed: options.seed }) : { train: all };
  const preprocessing = await fitPreprocessing(parts.train);
  await startBackend(options);
  const validation = 'validation' in parts ? parts.validation : undefined;
  describe(output, options, model, [parts.train.length, validation?.length ?? 0, test.length]);

  const checkpointFolder = join(out, 'checkpoints');
  const found = options.resume ? await latestCheckpoint(checkpointFolder, model) : undefined;
  if (options.resume) {
    output.line(
      found
        ? `resumed after step ${count(found.state.step)}`
        : `no checkpoint in ${checkpointFolder} yet: starting afresh`,
    );
  }
  const { signal, release } = interruptible(output);
  const result = await fit(model, {
    data: batches(parts.train, { size: options.batch, seed: options.seed, preprocessing }),
    ...(validation && { validation: batches(validation, { size: 256, preprocessing }) }),
    epochs: options.epochs,
    optimizer: optimizers[options.optimizer](options.learningRate),
    loss: crossEntropy(),
    metrics: [accuracy()],
    seed: options.seed,
    signal,
    callbacks: [
      progress(output),
      checkpoints(checkpointFolder, {
        ...(options.checkpointEvery && { everySteps: options.checkpointEvery }),
        overwrite: options.overwrite === true,
        onWritten: (folder) => output.detail(`wrote ${folder}`),
      }),
    ],
    ...(found && { resume: found.state }),
  }).finally(release);

  await writeHistory(out, result);
  if (result.history.stopped === 'aborted') {
    output.line(
      `stopped after step ${count(result.state.step)}; everything is saved in ${out}. Add --resume to go on.`,
    );
    process.exitCode = 130;
    return;
  }
  await finish(output, options, out, {
    result,
    preprocessing,
    classNames: all.classNames,
    test: batches(test, { size: 256, preprocessing }),
  });
}

interface Finished {
  result: FitResult;
  preprocessing: Preprocessing;
  classNames: readonly string[];
  test: ReturnType<typeof batches>;
}

async function finish(
  output: Output,
  options: TrainOptions,
  out: string,
  { result, preprocessing, classNames, test }: Finished,
): Promise<void> {
  const { network, history, state } = result;
  const folder = join(out, 'model');
  await save(network, folder, { preprocessing, classNames });
  const tested = await evaluate(network, test, { loss: crossEntropy(), metrics: [accuracy()] });
  const testAccuracy = tested['accuracy']!;
  const seconds = history.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const images = history.epochs.reduce((sum, epoch) => sum + epoch.seconds * epoch.imagesPerSecond, 0);
  const imagesPerSecond = Math.round(images / seconds);
  const checkpoint = (await listCheckpoints(join(out, 'checkpoints'))).at(-1);
  output.line(
    `trained ${count(state.step)} steps in ${seconds.toFixed(1)} s, ${count(imagesPerSecond)} images a second`,
  );
  output.line(`saved in ${folder}`);
  output.result(`test accuracy ${percent(testAccuracy)}`, {
    testAccuracy,
    testLoss: tested['loss'],
    seconds,
    imagesPerSecond,
    steps: state.step,
    model: folder,
    checkpoint,
    weightsSha256: await weightsSha256(network),
    options: {
      model: options.model,
      data: options.data,
      epochs: options.epochs,
      batch: options.batch,
      seed: options.seed,
    },
  });
}

function describe(
  output: Output,
  { model: name, data, verbose }: TrainOptions,
  model: Model,
  sizes: readonly number[],
): void {
  const [training, validation, test] = sizes.map(count);
  const specs = parameterSpecs(model);
  const parameters = Object.values(specs).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  output.line(field('backend', activeBackend()!.stats().device));
  output.line(field('data', `${data}: ${training} training, ${validation} validation, ${test} test images`));
  output.line(field('model', `${name}: ${count(parameters)} parameters`));
  if (verbose) for (const [name, { shape }] of Object.entries(specs)) output.detail(`  ${name} [${shape.join(', ')}]`);
}

async function writeHistory(out: string, { history }: FitResult): Promise<void> {
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'history.json'), `${JSON.stringify(history, null, 2)}\n`);
}
