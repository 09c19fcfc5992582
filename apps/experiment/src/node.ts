import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { OptionError, activeBackend, use, type Backend } from '@striate/core';
import { checkModelFolder, save } from '@striate/inference';
import { checkpoints, latestCheckpoint, listCheckpoints, type Callback } from '@striate/train';
import { loadData } from './data.ts';
import { model } from './model.ts';
import { testAccuracy } from './test-accuracy.ts';
import { train } from './train.ts';

const usage = `options:
  --epochs N    epochs in all (default 1)
  --steps N     stop after so many steps
  --seed N      all randomness hangs on it (default 1)
  --out FOLDER  where checkpoints and the model go
  --resume      go on from the last checkpoint in that folder, whichever backend wrote it
  --overwrite   replace the training that is in that folder
  --no-test     leave out the 10,000 test images at the end`;

/**
 * The experiment in a terminal: trains on a backend, says how far it is, tests, and saves checkpoints and the model.
 * Ctrl-C ends training after the step it is in and keeps what was trained. An earlier training in the folder is replaced
 * with `--overwrite` alone.
 *
 * @param start the backend, or several of which the first that works is taken
 * @param defaultOut where checkpoints and the model go unless `--out` says otherwise
 */
export async function runInTerminal(start: Backend | readonly Backend[], defaultOut: string): Promise<void> {
  try {
    await run(start, readOptions(defaultOut));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    await activeBackend()?.stop();
  }
}

async function run(start: Backend | readonly Backend[], options: Options): Promise<void> {
  const { epochs, steps, seed, out, resume, overwrite } = options;
  await refuseToReplace(options);
  await checkModelFolder(`${out}/model`);
  const refusals: string[] = [];
  const backend = await use(start, { onRefusal: (reason) => refusals.push(`not used: ${reason}`) });
  for (const line of refusals) console.log(line);
  console.log(`backend: ${backend.name} (${backend.stats().device})`);
  const data = await loadData({ seed });
  const found = resume ? await latestCheckpoint(out, model()) : undefined;
  if (found) console.log([`going on from ${found.folder}`, ...found.notes].join('\n'));

  const { network, history } = await train({
    data,
    epochs,
    steps,
    seed,
    signal: abortedByCtrlC(),
    callbacks: [progress, checkpoints(out, { everySteps: 200, overwrite })],
    ...(found && { resume: found.state }),
  });
  console.log(`training ended: ${history.stopped}`);
  await save(network, `${out}/model`);
  console.log(`saved in ${out}/model`);
  if (options.test) console.log(`test accuracy: ${(100 * (await testAccuracy(network, data))).toFixed(2)}%`);
}

/** @throws {OptionError} if the folder holds a training, and the options do not say what becomes of it */
async function refuseToReplace({ out, resume, overwrite }: Options): Promise<void> {
  if (resume && overwrite) throw new OptionError('--resume goes on and --overwrite begins anew: give one of them.');
  if (overwrite) return;
  const last = (await listCheckpoints(out)).at(-1);
  const hasModel = existsSync(`${out}/model/model.json`);
  if (resume ? last !== undefined || !hasModel : last === undefined && !hasModel) return;
  const found =
    last === undefined ? 'a model but no checkpoint to go on from' : `a training, the last checkpoint ${last}`;
  throw new OptionError(
    `${out}: already holds ${found}. Add ${last === undefined ? '' : '--resume to go on, '}--overwrite to replace it, or choose another --out.`,
  );
}

const progress: Callback = {
  async onStep({ step, run, loss }) {
    if (step !== 1 && step % 10 !== 0) return;
    console.log(`step ${step} of ${run.epochs * run.batchesPerEpoch}: loss ${(await loss()).toFixed(4)}`);
  },
  onEpochEnd({ record }) {
    const accuracy = (100 * record['validation.accuracy']!).toFixed(2);
    console.log(`epoch ${record.epoch}: ${record.seconds.toFixed(1)} s, validation accuracy ${accuracy}%`);
  },
};

interface Options {
  epochs: number;
  steps: number;
  seed: number;
  out: string;
  resume: boolean;
  overwrite: boolean;
  test: boolean;
}

function readOptions(defaultOut: string): Options {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: {
      epochs: text,
      steps: text,
      seed: text,
      out: text,
      resume: flag,
      overwrite: flag,
      'no-test': flag,
      help: flag,
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const whole = (name: 'epochs' | 'steps' | 'seed', otherwise: number): number => {
    const value = Number(values[name] ?? otherwise);
    if (value === Infinity || (Number.isSafeInteger(value) && value >= (name === 'seed' ? 0 : 1))) return value;
    throw new OptionError(`--${name} is '${values[name]}', but must be a whole number.\n${usage}`);
  };
  return {
    epochs: whole('epochs', 1),
    steps: whole('steps', Infinity),
    seed: whole('seed', 1),
    out: values.out ?? defaultOut,
    resume: values.resume,
    overwrite: values.overwrite,
    test: !values['no-test'],
  };
}

/** A terminal sends Ctrl-C to all its programs, and pnpm hands its own on: within this time they are the same one. */
const sameWithin = 500;

function abortedByCtrlC(): AbortSignal {
  const controller = new AbortController();
  const ignore = (): void => undefined;
  process.once('SIGINT', () => {
    console.log('stopping after this step; press Ctrl-C again to stop at once');
    controller.abort();
    process.on('SIGINT', ignore);
    // Once what came within that time is heard, which a long step may have kept waiting: signals come before immediates.
    setTimeout(() => setImmediate(() => process.off('SIGINT', ignore)), sameWithin).unref();
  });
  return controller.signal;
}
