// `pnpm bench inference`: ResNet-50 on one picture, ours (batch norms folded) beside PyTorch, in turns within one run.
//
//   --backend wasm|onednn   --precision float32|bfloat16   --batch 1   --threads 2,1   --pairs 7   --steps 10   --json
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { busyWarning, describeMachine } from './harness/machine.ts';
import { count, counts, oneOf } from './harness/options.ts';
import { measurePairs, median } from './harness/pairs.ts';
import { isInstalled, startPeer } from './harness/peer-process.ts';
import { resnet50, writeWeights } from './peers/resnet50.ts';

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    precision: { type: 'string', default: 'float32' },
    batch: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2,1' },
    pairs: { type: 'string', default: '7' },
    steps: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  },
});
const backend = oneOf('backend', options.backend, ['wasm', 'onednn']);
const precision = oneOf('precision', options.precision, ['float32', 'bfloat16']);
if (precision === 'bfloat16' && backend !== 'onednn') throw new Error('--precision bfloat16 is for --backend onednn.');
const batch = count('batch', options.batch);
const pairs = count('pairs', options.pairs);
const steps = count('steps', options.steps);
const threadCounts = counts('threads', options.threads);
/** Of the largest logit. */
const tolerance = precision === 'float32' ? 1e-3 : 0.1;

console.log(`${describeMachine()}, ${new Date().toISOString().slice(0, 10)}`);
const warning = busyWarning();
if (warning) console.log(warning);
if (!isInstalled('pytorchInference')) {
  console.log('PyTorch is not installed; run: pnpm bench:setup');
  process.exit(1);
}
console.log(
  `ResNet-50, 224x224, batch ${batch}, ${backend} (${precision}); in turns, ${pairs} pairs of ${steps} runs; ratio = ours / PyTorch, median of the pairs (lowest to highest).`,
);
const folder = mkdtempSync(join(tmpdir(), 'striate-bench-'));
const weights = join(folder, 'resnet50.safetensors');
const rows: Record<string, unknown>[] = [];
try {
  writeWeights(weights, resnet50(), batch);
  for (const threads of threadCounts) rows.push(await compare(threads));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (options.json) console.log(JSON.stringify({ machine: describeMachine(), backend, precision, rows }));

async function compare(threads: number): Promise<Record<string, unknown>> {
  const ours = await startPeer('striateInference', { backend, precision, threads, weights });
  const peer = await startPeer('pytorchInference', { threads, weights });
  try {
    const logits = [(await ours.run(1)).loss, (await peer.run(1)).loss] as const;
    if (!(Math.abs(logits[0] - logits[1]) <= tolerance * Math.abs(logits[1]))) {
      console.error(`bench inference: the largest logits differ: ours ${logits[0]}, PyTorch's ${logits[1]}.`);
      process.exitCode = 1;
    }
    const side = { process: peer, steps, warmUp: 5 };
    const times = await measurePairs({ process: ours, steps }, side, pairs);
    const [lowest, highest] = [Math.min(...times.ratios), Math.max(...times.ratios)];
    const ratio = median(times.ratios);
    console.log(
      `  ${threads} thread${threads > 1 ? 's' : ''}: ours ${times.ours.toFixed(1)} ms, PyTorch ${times.peers.toFixed(1)} ms, ratio ${ratio.toFixed(2)} (${lowest.toFixed(2)} to ${highest.toFixed(2)})`,
    );
    return { model: 'resnet50', threads, ...times, ratio, logits };
  } finally {
    ours.stop();
    peer.stop();
  }
}
