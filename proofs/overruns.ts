// A native library's convolutions write nowhere but into their own memory, and give the right values, however strange
// they are. To be run when a version of oneDNN or TensorFlow changes (docs/decisions/0011-faults-of-onednn.md).
//
//   pnpm proof overruns [--backend onednn | tensorflow] [--cases 2000] [--seed S]
import { execFileSync, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from '../benchmarks/harness/machine.ts';
import { count, oneOf, wholeNumber } from '../benchmarks/harness/options.ts';
import { conclude } from './shared/conclude.ts';

/** Cases that one process runs. */
const atOnce = 250;

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string', default: 'onednn' },
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string', default: `${randomInt(2 ** 31)}` },
  },
});
const backend = oneOf('backend', options.backend, ['onednn', 'tensorflow']);
const cases = count('cases', options.cases);
const seed = wholeNumber('seed', options.seed);
if (process.platform !== 'linux') throw new Error('overruns: memory is guarded through LD_PRELOAD, on Linux only.');

const shortfalls: string[] = [];
const folder = mkdtempSync(join(tmpdir(), 'striate-overruns-'));
try {
  const guard = join(folder, 'guarded-memory.so');
  const source = join(import.meta.dirname, 'shared/guarded-memory.c');
  compile(source, guard);
  console.log(`${describeMachine()}; ${backend}; --seed ${seed} draws these convolutions again`);
  for (let done = 0; done < cases;) {
    const ran = runSome(guard, seed + done, Math.min(atOnce, cases - done));
    done += ran;
    console.log(`${done} of ${cases} convolutions, faults: ${shortfalls.length}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
conclude('overruns', `${cases} convolutions on ${backend} (seed ${seed}), all passes`, shortfalls);

function compile(source: string, library: string): void {
  try {
    execFileSync('cc', ['-O2', '-Wall', '-shared', '-fPIC', '-o', library, source, '-ldl', '-lpthread']);
  } catch (error) {
    throw new Error(`overruns: cc could not compile ${source}. Install a C compiler (apt-get install gcc).`, {
      cause: error,
    });
  }
}

/** Runs cases in a process of their own; gives how many it came through, the one that it died of included. */
function runSome(guard: string, first: number, count: number): number {
  const program = join(import.meta.dirname, 'shared/run-convolutions.ts');
  const child = spawnSync(
    process.execPath,
    ['--conditions=@striate/source', '--disable-warning=ExperimentalWarning', program, backend, `${first}`, `${count}`],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      // TensorFlow then gives a primitive's memory back at once.
      env: { ...process.env, LD_PRELOAD: guard, TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE: 'true' },
    },
  );
  let ran = 0;
  let at = 'before the first case';
  let whole = false;
  for (const line of child.stdout.split('\n')) {
    const next = /^case \d+: (.*)/.exec(line);
    if (next) [ran, at] = [ran + 1, next[1]!];
    // A block may be given back by a later case than the one that wrote beside it.
    else if (/^(overrun|differs|overwritten)/.test(line)) shortfalls.push(`${line}; at or before ${at}`);
    else if (line === 'whole') whole = true;
  }
  if (!whole) shortfalls.push(`the process ended (${child.signal ?? `code ${child.status}`}) at ${at}`);
  if (!whole && ran === 0) throw new Error(`overruns: no case was run. ${child.stderr}`);
  return ran;
}
