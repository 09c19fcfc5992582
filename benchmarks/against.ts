// `pnpm bench against --checkout FOLDER`: this tree's training step beside that of another checkout, in turns.
//
//   --backend wasm|onednn|tensorflow   --models cnn,resnet20   --threads 2   --pairs 20   --steps 20   --json
//
// For a change that must not make a step slower: `git worktree add ../before REF`, `pnpm install` in it, and compare.
// The exit code is 1 where the whole 95% interval of the median ratio lies above 1.02.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { interval } from './harness/interval.ts';
import { busyWarning, describeMachine } from './harness/machine.ts';
import { count, oneOf, someOf } from './harness/options.ts';
import { measurePairs, median } from './harness/pairs.ts';
import { startPeer } from './harness/peer-process.ts';
import { writeStartFile } from './peers/start-file.ts';

const most = 1.02;

const { values } = parseArgs({
  options: {
    checkout: { type: 'string' },
    backend: { type: 'string', default: 'wasm' },
    models: { type: 'string', default: 'cnn,resnet20' },
    threads: { type: 'string', default: '2' },
    pairs: { type: 'string', default: '20' },
    steps: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const { checkout } = values;
if (checkout === undefined) throw new Error('--checkout is missing: the folder of the other checkout.');
if (!existsSync(join(checkout, 'benchmarks/peers/striate.ts')))
  throw new Error(`--checkout is '${checkout}', which is no checkout of this repository.`);
const backend = oneOf('backend', values.backend, ['wasm', 'onednn', 'tensorflow']);
const models = someOf('models', values.models, ['cnn', 'resnet20']);
const threads = count('threads', values.threads);
const pairs = count('pairs', values.pairs);
const steps = count('steps', values.steps);

console.log(`${describeMachine()}, ${new Date().toISOString().slice(0, 10)}; ${backend}, ${threads} threads`);
const warning = busyWarning();
if (warning) console.log(warning);
const folder = mkdtempSync(join(tmpdir(), 'striate-bench-'));
const rows: Record<string, unknown>[] = [];
try {
  for (const model of models) rows.push(await compare(model));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (values.json) console.log(JSON.stringify(rows));

async function compare(model: 'cnn' | 'resnet20'): Promise<Record<string, unknown>> {
  const start = join(folder, `${model}.safetensors`);
  writeStartFile(start, model, 1);
  const settings = { model, threads, start, backend, dropout: 0.5 };
  const ours = await startPeer('striate', settings);
  const other = await startPeer('striate', settings, resolve(checkout!));
  try {
    const times = await measurePairs({ process: ours, steps }, { process: other, steps, warmUp: 5 }, pairs);
    const [low, high] = interval(times.ratios);
    const ratio = median(times.ratios);
    const slower = low > most;
    if (slower) process.exitCode = 1;
    console.log(
      `${model}: this tree ${times.ours.toFixed(2)} ms, the other ${times.peers.toFixed(2)} ms; median ratio of ${pairs} pairs ` +
        `${ratio.toFixed(3)}, 95% from ${low.toFixed(3)} to ${high.toFixed(3)}${slower ? ': SLOWER' : ''}`,
    );
    return { model, backend, threads, ...times, ratio, low, high };
  } finally {
    ours.stop();
    other.stop();
  }
}
