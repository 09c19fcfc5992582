// Equal options give equal weights, moving statistics and optimiser state to the bit: in two runs, with 1, 2 and 4
// threads, whole or cut in mid-epoch and resumed from disk; with relaxed and plain SIMD, with and without Winograd.
//
//   pnpm proof determinism [--steps 200] [--seed 1]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { WasmOptions } from '@striate/backend-wasm';
import { describeMachine } from '../benchmarks/harness/machine.ts';
import { count, wholeNumber } from '../benchmarks/harness/options.ts';
import { conclude } from './shared/conclude.ts';
import { smallTraining, type RunOptions } from './shared/small-training.ts';

const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    /** Internal: makes one run, given as JSON, and prints its fingerprint. */
    run: { type: 'string' },
  },
});

if (options.run === undefined) await prove(count('steps', options.steps), wholeNumber('seed', options.seed));
else console.log(await smallTraining(JSON.parse(options.run) as RunOptions));

async function prove(steps: number, seed: number): Promise<void> {
  if (steps < 20) throw new Error(`--steps is ${steps}, but must be at least 20.`);
  console.log(`${describeMachine()}; ${steps} steps, seed ${seed}`);
  const shortfalls: string[] = [];
  const fingerprints: string[] = [];
  let compared = 0;
  for (const simd of ['relaxed', 'plain'] as const) {
    for (const winograd of [true, false]) {
      const name = `${simd} SIMD, ${winograd ? 'Winograd' : 'direct'}`;
      const build: WasmOptions = { simd, winograd };
      const whole = { backend: { ...build, threads: 2 }, seed, steps };
      const wanted = await smallTraining(whole);
      fingerprints.push(wanted);
      console.log(`${name}: weights ${wanted.slice(0, 16)}`);
      for (const [variant, found] of await variants(whole, build)) {
        const isEqual = found === wanted;
        console.log(`  ${isEqual ? 'equal' : 'DIFFERENT'}: ${variant}`);
        if (!isEqual) shortfalls.push(`${name}: ${variant} ends with other bits`);
        compared++;
      }
      if ((await smallTraining({ ...whole, seed: seed + 1 })) === wanted) {
        shortfalls.push(`${name}: another seed ends with the same bits, so the comparison sees nothing`);
      }
    }
  }
  if (fingerprints[0] === fingerprints[1] || fingerprints[2] === fingerprints[3]) {
    shortfalls.push('with and without Winograd, the bits are the same, so it did not run');
  }
  const different = shortfalls.length > 0 ? `${shortfalls.length} shortfalls` : 'all equal to the bit';
  conclude(
    'determinism',
    `${compared} comparisons of weights and optimiser state after ${steps} steps, ${different}`,
    shortfalls,
  );
}

async function variants(whole: RunOptions, build: WasmOptions): Promise<[string, string][]> {
  const withBackend = (backend: WasmOptions): Promise<string> =>
    smallTraining({ ...whole, backend: { ...build, ...backend } });
  return [
    ['a second run', await smallTraining(whole)],
    ['a run in another process', inAnotherProcess(whole)],
    ['1 thread', await withBackend({ threads: 1 })],
    ['1 thread, shared memory', await withBackend({ threads: 1, memory: 'shared' })],
    ['4 threads', await withBackend({ threads: 4 })],
    ['cut in mid-epoch, resumed from disk', await cut(whole, whole.backend, whole.backend)],
    ['cut with 4 threads, resumed with 1', await cut(whole, { ...build, threads: 4 }, { ...build, threads: 1 })],
  ];
}

/** Trains some of the steps, leaves a checkpoint on the disk, and goes on from it on a new backend. */
async function cut(whole: RunOptions, first: WasmOptions, second: WasmOptions): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'striate-determinism-'));
  try {
    const steps = Math.floor(whole.steps * 0.435);
    await smallTraining({ ...whole, backend: first, steps, writeTo: folder });
    return await smallTraining({ ...whole, backend: second, resumeFrom: folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function inAnotherProcess(run: RunOptions): string {
  const options = [...process.execArgv, import.meta.filename, '--run', JSON.stringify(run)];
  const { stdout, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8' });
  if (stderr) throw new Error(`the run in another process failed: ${stderr}`);
  return stdout.trim();
}
