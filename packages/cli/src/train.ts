import { join } from 'node:path';
import { batches } from '@striate/data';
import {
  accuracy,
  adam,
  adamW,
  checkpoints,
  cosineDecay,
  crossEntropy,
  evaluate,
  fit,
  latestCheckpoint,
  listCheckpoints,
  save,
  sgd,
  weightsSha256,
  type Checkpoint,
  type FitResult,
  type LearningRate,
  type Optimizer,
} from '@striate/train';
import { startBackend, type BackendChoice } from './backends.ts';
import { describeResume, describeRun } from './describe-run.ts';
import { interruptible } from './interrupt.ts';
import { gatherMaterial, type Material } from './material.ts';
import { count, percent, type Output } from './output.ts';
import { progress } from './progress.ts';
import { openRunFolder, type RunFolder, type RunFolderOptions } from './run-folder.ts';
import { recallSettings, rememberSettings, type RunSettings } from './run-settings.ts';
import { writeJson } from './write-json.ts';

/** Options of `striate train`. */
export interface TrainOptions extends RunSettings, RunFolderOptions, BackendChoice {
  out?: string;
  checkpointEvery?: number;
}

interface OptimizerChoice {
  learningRate: number;
  create(learningRate: LearningRate): Optimizer;
}

/** Optimisers by name, with the learning rate that each starts from by default. */
export const optimizers: Record<string, OptimizerChoice> = {
  adam: { learningRate: 1e-3, create: (learningRate) => adam({ learningRate }) },
  adamw: { learningRate: 1e-3, create: (learningRate) => adamW({ learningRate }) },
  sgd: { learningRate: 0.01, create: (learningRate) => sgd({ learningRate, momentum: 0.9 }) },
};

/** Learning rate schedules by name: what becomes of the first rate over all steps of a training. */
export const schedules: Record<string, (initialLearningRate: number, decaySteps: number) => LearningRate> = {
  constant: (learningRate) => learningRate,
  cosine: (initialLearningRate, decaySteps) => cosineDecay({ initialLearningRate, decaySteps }),
};

/**
 * Trains a model, tests it and saves it. The folder is looked at first, then the data, then the backend is started.
 *
 * @param isGiven whether an option stands on the command line
 */
export async function train(given: TrainOptions, isGiven: (name: string) => boolean, output: Output): Promise<void> {
  const folder = await openRunFolder(given.out ?? join('runs', `${given.model}-${given.data}`), given);
  const options = given.resume ? await recallSettings(folder, given, isGiven) : given;
  const material = await gatherMaterial(options);
  await startBackend(options, (reason) => output.line(reason));
  describeRun(output, options, material);
  const found = options.resume ? await latestCheckpoint(folder.checkpoints, material.model) : undefined;
  if (options.resume) describeResume(output, options, folder, found);
  await rememberSettings(folder, options);

  const result = await run(options, material, { folder, found, output });
  await writeJson(join(folder.path, 'history.json'), result.history);
  const checkpoint = (await listCheckpoints(folder.checkpoints)).at(-1);
  if (result.history.stopped === 'aborted') {
    process.exitCode = 130;
    const { step } = result.state;
    const backend = options.backend === 'wasm' ? '' : ` --backend ${options.backend}`;
    const next = `striate train --out ${folder.path} --resume${backend}`;
    output.result(`stopped after step ${count(step)}; everything is saved. To go on: ${next}`, {
      stopped: 'aborted',
      steps: step,
      checkpoint,
    });
    return;
  }
  await finish(output, options, { folder, result, material, checkpoint });
}

interface Place {
  folder: RunFolder;
  found: Checkpoint | undefined;
  output: Output;
}

async function run(options: TrainOptions, material: Material, { folder, found, output }: Place): Promise<FitResult> {
  const { model, train, validation, preprocessing } = material;
  const shown = progress(output);
  const { signal, release } = interruptible(output, shown.clear);
  const data = batches(train, { size: options.batch, seed: options.seed, preprocessing });
  const { create, learningRate } = optimizers[options.optimizer]!;
  const schedule = schedules[options.schedule]!;
  try {
    return await fit(model, {
      data,
      // Of the same size, so that memory that suffices for training suffices for this.
      ...(validation && { validation: batches(validation, { size: options.batch, preprocessing }) }),
      epochs: options.epochs,
      optimizer: create(schedule(options.learningRate ?? learningRate, options.epochs * data.batchesPerEpoch)),
      loss: crossEntropy(),
      metrics: [accuracy()],
      seed: options.seed,
      signal,
      callbacks: [
        checkpoints(folder.checkpoints, {
          ...(options.checkpointEvery && { everySteps: options.checkpointEvery }),
          overwrite: options.overwrite === true,
          onWritten: (path) => output.detail(`wrote ${path}`),
        }),
        shown.callback,
      ],
      ...(found && { resume: found.state }),
    });
  } finally {
    shown.clear();
    release();
  }
}

interface Trained {
  folder: RunFolder;
  result: FitResult;
  material: Material;
  checkpoint: string | undefined;
}

async function finish(
  output: Output,
  options: TrainOptions,
  { folder, result, material, checkpoint }: Trained,
): Promise<void> {
  const { network, history, state } = result;
  const { test, preprocessing } = material;
  const model = join(folder.path, 'model');
  await save(network, model, { preprocessing, classNames: test.classNames });
  const tested = await evaluate(network, batches(test, { size: options.batch, preprocessing }), {
    loss: crossEntropy(),
    metrics: [accuracy()],
  });
  const testAccuracy = tested['accuracy']!;
  const seconds = history.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const images = history.epochs.reduce((sum, epoch) => sum + epoch.seconds * epoch.imagesPerSecond, 0);
  const imagesPerSecond = Math.round(images / seconds);
  output.line(
    `trained ${count(state.step)} steps in ${seconds.toFixed(1)} s, ${count(imagesPerSecond)} images a second`,
  );
  output.line(`saved in ${model}`);
  output.result(`test accuracy ${percent(testAccuracy)}`, {
    testAccuracy,
    testLoss: tested['loss'],
    seconds: Number(seconds.toFixed(3)),
    imagesPerSecond,
    steps: state.step,
    model,
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
