// `striate train`, killed with SIGKILL at any moment and resumed, ends with the weights of a run left alone, and no
// checkpoint is ever unreadable. A quarter of the kills (5 of 20) hit a checkpoint while it is being written.
//
//   pnpm proof kill [--times 20] [--seed S]
//
// With --every-operation, a small training (`train`, `train --overwrite`, `train --resume`) and `save` are killed before
// and half-way through each file operation that they make in their folder: each goes on to the same weights, or refuses
// and can be started again, and what a stranger has in the folder and beside it stays as it was. Some 300 kills, --jobs
// of them at a time: about 10 minutes on two cores.
//
//   pnpm proof kill --every-operation [--jobs 2]
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { wasm } from '@striate/backend-wasm';
import { randomUniform, use } from '@striate/core';
import { mnist } from '@striate/data';
import { describeMachine } from '../benchmarks/harness/machine.ts';
import { count, wholeNumber } from '../benchmarks/harness/options.ts';
import { conclude } from './shared/conclude.ts';
import { killAtEveryOperation } from './shared/kill-at-every-operation.ts';
import { inspectCheckpoints, type Inspection } from './shared/inspect-checkpoints.ts';
import { startStriate } from './shared/striate-process.ts';
import { watchWrites } from './shared/watch-writes.ts';
import { writeIdx } from './shared/write-idx.ts';

const { values: options } = parseArgs({
  options: {
    times: { type: 'string', default: '20' },
    seed: { type: 'string', default: `${randomInt(2 ** 32)}` },
    'every-operation': { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
  },
});
if (options['every-operation']) {
  await killAtEveryOperation(count('jobs', options.jobs));
  process.exit();
}
const times = count('times', options.times);
const seed = wholeNumber('seed', options.seed);
const kills = Array.from({ length: times }, (_, kill) => ({ kill, duringWrite: kill < Math.round(times / 4) }));

const folder = mkdtempSync(join(tmpdir(), 'striate-kill-'));
const recipe = 'train --json --model mnist-cnn --epochs 3 --seed 1 --checkpoint-every 10'
  .split(' ')
  .concat('--directory', join(folder, 'data'));

const shortfalls: string[] = [];
let inWrites = 0;
let read = 0;
try {
  mkdirSync(join(folder, 'data'));
  writeIdx(join(folder, 'data'), await mnist(), { train: 6_750, test: 500 });
  const backend = await use(wasm({ threads: 1 }));
  console.log(`${describeMachine()}; --seed ${seed} draws these moments again`);
  const alone = await runAlone();
  console.log(
    `left alone: ${(alone.milliseconds / 1000).toFixed(1)} s, ${alone.writes} checkpoints, ${alone.writeMilliseconds.toFixed(0)} ms to write one`,
  );
  for (const { kill, duringWrite } of kills) await killAndResume(alone, kill, duringWrite);
  await backend.stop();
} finally {
  rmSync(folder, { recursive: true });
}
if (inWrites < Math.round(times / 4)) shortfalls.push(`${inWrites} kills hit a write, wanted ${Math.round(times / 4)}`);
const ends =
  shortfalls.length === 0 ? 'each resumed and ended with the same weights' : `${shortfalls.length} shortfalls`;
conclude(
  'kill',
  `${times} kills (seed ${seed}), ${inWrites} of them in a write, ${read} checkpoints read; ${ends}`,
  shortfalls,
);

interface Alone {
  milliseconds: number;
  writes: number;
  /** Mean time from a checkpoint's first file to its name. */
  writeMilliseconds: number;
  weights: string;
}

async function runAlone(): Promise<Alone> {
  const out = join(folder, 'alone');
  const start = performance.now();
  const { writes, stop } = watchWrites(join(out, 'checkpoints'));
  const weights = await finish(out, []);
  stop();
  const durations = writes().flatMap(({ begun, ended }) => (ended === undefined ? [] : [ended - begun]));
  return {
    milliseconds: performance.now() - start,
    writes: durations.length,
    writeMilliseconds: durations.reduce((sum, duration) => sum + duration, 0) / durations.length,
    weights,
  };
}

/** Runs the recipe to its end and gives the fingerprint of the weights. */
async function finish(out: string, more: readonly string[]): Promise<string> {
  const { code, lastLine, errors } = await startStriate([...recipe, '--out', out, ...more]).ended;
  if (code !== 0) throw new Error(`striate train ended with exit code ${code}: ${errors}`);
  return (JSON.parse(lastLine) as { weightsSha256: string }).weightsSha256;
}

async function killAndResume(alone: Alone, kill: number, duringWrite: boolean): Promise<void> {
  const out = join(folder, `run-${kill}`);
  // A run that was quicker than expected, or a write that had just ended, is tried again with an earlier moment.
  for (let attempt = 0; attempt < 10; attempt++) {
    rmSync(out, { recursive: true, force: true });
    const [when, delay] = randomUniform({ seed, stream: 1_001, call: kill, step: attempt }, 2);
    const moment = duringWrite
      ? await killInWrite(
          out,
          1 + Math.floor(when! * 0.9 * alone.writes),
          (delay! * alone.writeMilliseconds) / (attempt + 1),
        )
      : await killAfter(out, (0.02 + 0.96 * when!) * alone.milliseconds * 0.8 ** attempt);
    const found = await inspectCheckpoints(join(out, 'checkpoints'));
    if (moment === undefined || (duringWrite && !found.halfWritten)) continue;
    await resume(out, alone, found, `kill ${kill + 1}, ${moment}`);
    return;
  }
  shortfalls.push(`kill ${kill + 1}: ten attempts to hit ${duringWrite ? 'a write' : 'a running training'} failed`);
}

async function resume(out: string, alone: Alone, found: Inspection, name: string): Promise<void> {
  const weights = await finish(out, ['--resume']);
  const after = await inspectCheckpoints(join(out, 'checkpoints'));
  if (found.halfWritten) inWrites++;
  read += found.read + after.read;
  const isEqual = weights === alone.weights;
  const inWrite = found.halfWritten ? ', in a write' : '';
  const from = found.newestStep === undefined ? 'afresh' : `from step ${found.newestStep}`;
  console.log(
    `${name}${inWrite}: checkpoints readable: ${found.read}; resumed ${from}, ${isEqual ? 'same weights' : 'OTHER WEIGHTS'}`,
  );
  if (!isEqual) shortfalls.push(`${name}: resumed ${from}, it ended with other weights`);
  for (const problem of [...found.problems, ...after.problems]) shortfalls.push(`${name}: ${problem}`);
  rmSync(out, { recursive: true });
}

/** Kills the training after some milliseconds; undefined if it had ended by then. */
async function killAfter(out: string, milliseconds: number): Promise<string | undefined> {
  const { process: child, ended } = startStriate([...recipe, '--out', out]);
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  const { signal } = await ended;
  clearTimeout(timer);
  return signal === 'SIGKILL' ? `after ${(milliseconds / 1000).toFixed(2)} s` : undefined;
}

/** Kills the training some milliseconds after it has begun to write its nth checkpoint. */
async function killInWrite(out: string, nth: number, delay: number): Promise<string | undefined> {
  const { process: child, ended } = startStriate([...recipe, '--out', out]);
  const { stop } = watchWrites(join(out, 'checkpoints'), (count) => {
    if (count === nth) setTimeout(() => child.kill('SIGKILL'), delay);
  });
  const { signal } = await ended;
  stop();
  return signal === 'SIGKILL' ? `${delay.toFixed(1)} ms into write ${nth}` : undefined;
}
