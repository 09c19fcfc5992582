import { join } from 'node:path';
import { batches } from '@striate/data';
import { save, weightsSha256 } from '@striate/inference';
import {
  accuracy,
  checkpoints,
  crossEntropy,
  evaluate,
  fit,
  latestCheckpoint,
  listCheckpoints,
  type Callback,
  type Checkpoint,
  type FitResult,
} from '@striate/train';
import { startBackend, type BackendChoice } from './backends.ts';
import { commandLine } from './command-line.ts';
import { describeResume, describeRun } from './describe-run.ts';
import { hearStops } from './interrupt.ts';
import { gatherMaterial, type Material } from './material.ts';
import { makeOptimizer } from './optimizers.ts';
import { count, percent, type Output } from './output.ts';
import { progress, type Progress } from './progress.ts';
import { checkKinds, historyName, modelName } from './run-contents.ts';
import { openRunFolder, type RunFolder, type RunFolderOptions } from './run-folder.ts';
import { checkRateIsOfUse, type RunSettings } from './run-settings.ts';
import { putBackCommand } from './set-aside.ts';
import { writeJson } from './write-json.ts';

/** Options of `striate train`. */
export interface TrainOptions extends RunSettings, RunFolderOptions, BackendChoice {
  out?: string;
  checkpointEvery?: number;
}

/** A training run under way. */
interface TrainingRun {
  options: TrainOptions;
  folder: RunFolder<TrainOptions>;
  output: Output;
  shown: Progress;
  /** 'preparing' until the first step, 'finishing' after the last. */
  phase: 'preparing' | 'training' | 'finishing';
  /** Stops the training after its step. */
  stop: AbortController;
  /** The newest checkpoint. */
  checkpoint?: string | undefined;
}

/**
 * Trains a model, tests it and saves it. The folder is taken first, with the run's options written down in it, then the
 * data are loaded, then the backend is started. A start that fails leaves the folder as it was.
 *
 * @param isGiven whether an option stands on the command line
 */
export async function train(given: TrainOptions, isGiven: (name: string) => boolean, output: Output): Promise<void> {
  let run: TrainingRun | undefined;
  let ending: Promise<never> | undefined;
  const listening = hearStops({
    first() {
      if (run && run.phase !== 'preparing') stopInOrder(run);
      else ending = endUnbegun(output, opening);
    },
    // A start that is being undone ends by itself, and must not be left half undone.
    again: () => void (ending ?? endAtOnce(output, run)),
  });
  const opening = openRunFolder(given.out ?? join('runs', `${given.model}-${given.data}`), given, isGiven);
  try {
    const folder = await opening;
    run = {
      options: folder.settings,
      folder,
      output,
      shown: progress(output),
      phase: 'preparing',
      stop: new AbortController(),
    };
    const prepared = await prepare(run, isGiven);
    await ending;
    await carryOut(run, prepared);
  } catch (error) {
    await ending;
    await run?.folder.giveUp();
    throw error;
  } finally {
    listening();
    run?.shown.clear();
    run?.folder.release();
  }
}

interface Prepared {
  material: Material;
  found: Checkpoint | undefined;
}

async function prepare(
  { options, folder, output }: TrainingRun,
  isGiven: (name: string) => boolean,
): Promise<Prepared> {
  const material = await gatherMaterial(options);
  await startBackend(options, (reason) => output.line(reason));
  describeRun(output, options, material);
  const found = options.resume ? await latestCheckpoint(folder.checkpoints, material.model) : undefined;
  if (found && isGiven('learningRate')) checkRateIsOfUse(folder.path, options, found);
  if (options.resume) describeResume(output, options, folder, found);
  return { material, found };
}

async function carryOut(run: TrainingRun, { material, found }: Prepared): Promise<void> {
  const { folder } = run;
  run.checkpoint = found?.folder;
  run.phase = 'training';
  const result = await fitIn(run, material, found);
  run.phase = 'finishing';
  folder.lock.check();
  await writeJson(join(folder.path, historyName), result.history);
  run.checkpoint = (await listCheckpoints(folder.checkpoints)).at(-1);
  if (result.history.stopped === 'aborted') await tellStopped(run, result.state.step);
  else await finish(run, material, result);
}

function stopInOrder({ shown, phase, output, stop }: TrainingRun): void {
  shown.clear();
  const work = phase === 'training' ? 'stopping after this step and saving' : 'the training has ended: saving';
  output.line(`${work}; press Ctrl-C again to stop at once`);
  stop.abort();
}

/** Ends the process before the first step: nothing of the start is left. */
async function endUnbegun(output: Output, opening: Promise<RunFolder>): Promise<never> {
  await opening
    .then((folder) => folder.giveUp())
    .catch((error: unknown) => output.line(error instanceof Error ? error.message : String(error)));
  return endAtOnce(output, undefined);
}

/** Ends the process. */
async function endAtOnce(output: Output, run: TrainingRun | undefined): Promise<never> {
  run?.shown.clear();
  const checkpoint = run?.checkpoint;
  const replaced = run?.folder.replaced();
  const state =
    run && checkpoint !== undefined
      ? `the last checkpoint is ${checkpoint}. To go on: ${nextCommand(run.folder, run.options)}`
      : `no step is saved${replaced === undefined ? '' : `. What --overwrite was to replace is kept in ${replaced}. To have it back: ${putBackCommand(run!.folder.path, replaced)}`}`;
  try {
    await output.result(`stopped at once; ${state}`, { stopped: 'at once', checkpoint, replaced });
  } finally {
    process.exit(130);
  }
}

async function tellStopped({ folder, options, output, checkpoint }: TrainingRun, step: number): Promise<void> {
  process.exitCode = 130;
  await output.result(
    `stopped after step ${count(step)}; everything is saved. To go on: ${nextCommand(folder, options)}`,
    { stopped: 'aborted', steps: step, checkpoint },
    `The training was stopped after step ${count(step)}, and everything is saved in ${folder.path}.`,
  );
}

function nextCommand({ path }: RunFolder, { backend }: TrainOptions): string {
  return commandLine('train', '--out', path, '--resume', ...(backend === 'wasm' ? [] : ['--backend', backend]));
}

async function fitIn(run: TrainingRun, material: Material, found: Checkpoint | undefined): Promise<FitResult> {
  const { options, folder, output, shown } = run;
  const { model, train, validation, preprocessing } = material;
  const data = batches(train, { size: options.batch, seed: options.seed, preprocessing });
  const result = await fit(model, {
    data,
    // Of the same size, so that memory that suffices for training suffices for this.
    ...(validation && { validation: batches(validation, { size: options.batch, preprocessing }) }),
    epochs: options.epochs,
    optimizer: makeOptimizer(options, options.epochs * data.batchesPerEpoch),
    loss: crossEntropy(),
    metrics: [accuracy()],
    seed: options.seed,
    signal: run.stop.signal,
    callbacks: [
      holdOn(run),
      checkpoints(folder.checkpoints, {
        ...(options.checkpointEvery && { everySteps: options.checkpointEvery }),
        onWritten: (path) => {
          run.checkpoint = path;
          output.detail(`wrote ${path}`);
        },
        onSetAside: (path) => output.line(`checkpoints of later steps are set aside, in ${path}`),
      }),
      removeReplaced(run),
      ...shown.callbacks,
    ],
    ...(found && { resume: found.state }),
  });
  shown.clear();
  return result;
}

/** Ends the training before it writes where another process does. */
function holdOn({ folder: { lock, path }, options: { checkpointEvery = Infinity } }: TrainingRun): Callback {
  const look = async (): Promise<void> => {
    lock.check();
    await checkKinds(path);
  };
  return {
    onStep: ({ step }) => (lock.isLost() || step % checkpointEvery === 0 ? look() : undefined),
    onEpochEnd: look,
    onEnd: look,
  };
}

/** Once the run has a checkpoint, what `--overwrite` replaces goes. */
function removeReplaced(run: TrainingRun): Callback {
  let isDone = false;
  const start = run.checkpoint;
  const remove = async (): Promise<void> => {
    isDone = true;
    const left = await run.folder.begun().catch((error: unknown) => String(error));
    if (left !== undefined)
      run.output.line(`what was replaced is not wholly removed, since something else is there: ${left}`);
  };
  const look = (): Promise<void> | undefined => (isDone || run.checkpoint === start ? undefined : remove());
  return { onStep: look, onEpochEnd: look, onEnd: look };
}

async function finish(run: TrainingRun, material: Material, { network, history, state }: FitResult): Promise<void> {
  const { options, folder, output, checkpoint } = run;
  const { test, preprocessing } = material;
  const model = join(folder.path, modelName);
  await checkKinds(folder.path);
  await save(network, model);
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
  const result = {
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
  };
  await output.result(`test accuracy ${percent(testAccuracy)}`, result, `The model is saved in ${model}.`);
}
