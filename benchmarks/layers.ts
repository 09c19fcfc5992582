// `pnpm bench layers`: the training step of single layers (forward, and the gradients of the input and of every
// parameter), ours beside PyTorch's, in turns within one run.
//
//   --names depthwise,grouped   --threads 2   --pairs 7   --steps 10   --json
import { parseArgs } from 'node:util';
import { describeMachine } from './harness/machine.ts';
import { count, someOf } from './harness/options.ts';
import { measurePairs, median } from './harness/pairs.ts';
import { isInstalled, startPeer } from './harness/peer-process.ts';
import { layerCases } from './peers/layer-cases.ts';

const { values: options } = parseArgs({
  options: {
    names: { type: 'string', default: Object.keys(layerCases).join(',') },
    threads: { type: 'string', default: '2' },
    pairs: { type: 'string', default: '7' },
    steps: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  },
});
const names = someOf('names', options.names, Object.keys(layerCases));
const threads = count('threads', options.threads);
const steps = count('steps', options.steps);
const pairs = count('pairs', options.pairs);

console.log(`${describeMachine()}, ${new Date().toISOString().slice(0, 10)}`);
if (!isInstalled('pytorchLayers')) {
  console.log('PyTorch is not installed; run: pnpm bench:setup');
  process.exit(1);
}
console.log(`In turns, ${pairs} pairs of ${steps} steps with ${threads} threads; ratio = ours / PyTorch's, median.`);
const rows: Record<string, unknown>[] = [];
for (const name of names) {
  const { layer, inputShape } = layerCases[name]!;
  const saved = JSON.stringify({ type: layer.type, ...layer.options });
  const ours = await startPeer('striateLayers', { name, threads });
  const peer = await startPeer('pytorchLayers', { layer: saved, shape: inputShape.join(','), threads });
  try {
    const side = { process: peer, steps, warmUp: 5 };
    const times = await measurePairs({ process: ours, steps }, side, pairs);
    const [lowest, highest] = [Math.min(...times.ratios), Math.max(...times.ratios)];
    const ratio = median(times.ratios);
    rows.push({ name, inputShape, threads, ...times, ratio });
    console.log(
      `  ${name} [${inputShape.join(', ')}]: ours ${times.ours.toFixed(2)} ms, PyTorch ${times.peers.toFixed(2)} ms, ratio ${ratio.toFixed(2)} (${lowest.toFixed(2)} to ${highest.toFixed(2)})`,
    );
  } finally {
    ours.stop();
    peer.stop();
  }
}
if (options.json) console.log(JSON.stringify({ machine: describeMachine(), rows }));
