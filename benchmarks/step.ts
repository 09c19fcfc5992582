// `pnpm bench step`: one training step of two networks, ours beside the peers, in turns within one run.
//
//   --backend wasm|onednn|tensorflow|webgpu   --models cnn,resnet20   --peers pytorch,tfjsNode,tfjsCpu,jaxJs   --threads 2,1   --pairs 5
//   --steps 20   --json
//
// With --backend webgpu it is step-webgpu.ts. With --backend tensorflow the peers are tfjsLayers, keras and tfjsNode, all on the same TensorFlow.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { busyWarning, describeMachine } from './harness/machine.ts';
import { count, counts, oneOf, someOf } from './harness/options.ts';
import { measurePairs, median } from './harness/pairs.ts';
import { isInstalled, startPeer } from './harness/peer-process.ts';
import { writeStartFile } from './peers/start-file.ts';

type ModelName = 'cnn' | 'resnet20';
type BackendName = 'wasm' | 'onednn' | 'tensorflow';
type PeerName = 'pytorch' | 'tfjsNode' | 'tfjsCpu' | 'jaxJs' | 'tfjsLayers' | 'keras';

/** How much of a slow peer is run; `skip` says why one is left out. A loss after n steps needs n + 1. */
interface Plan {
  steps?: number;
  warmUp?: number;
  lossSteps?: number;
  threads?: number;
  skip?: string;
}

const plans: Record<ModelName, Partial<Record<PeerName, Plan>>> = {
  cnn: {
    tfjsCpu: { steps: 1, warmUp: 0, lossSteps: 2, threads: 1 },
    jaxJs: { steps: 2, warmUp: 1, lossSteps: 11, threads: 1 },
  },
  resnet20: {
    tfjsNode: { steps: 5 },
    tfjsCpu: { skip: 'a step would take about 15 minutes' },
    jaxJs: { skip: 'a step would take minutes' },
    tfjsLayers: { skip: 'written for the small CNN alone' },
    keras: { skip: 'written for the small CNN alone' },
  },
};

/** The peers that say most about a backend. */
const peersOf: Record<BackendName, readonly PeerName[]> = {
  wasm: ['pytorch', 'tfjsNode', 'tfjsCpu', 'jaxJs'],
  onednn: ['pytorch'],
  tensorflow: ['tfjsLayers', 'keras', 'tfjsNode'],
};

const recipes = {
  cnn: 'small CNN, 28x28x1, batch 64, Adam',
  resnet20: 'ResNet-20, 32x32x3, batch 128, SGD with momentum',
};

interface Row {
  model: ModelName;
  peer: PeerName;
  threads: number;
  ours: number;
  peers: number;
  ratio: number;
  lowest: number;
  highest: number;
  losses: [ours: number, peers: number];
  note: string;
}

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    models: { type: 'string', default: 'cnn,resnet20' },
    peers: { type: 'string' },
    threads: { type: 'string', default: '2,1' },
    pairs: { type: 'string', default: '5' },
    steps: { type: 'string', default: '20' },
    batch: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const chosen = oneOf('backend', options.backend, [...(Object.keys(peersOf) as BackendName[]), 'webgpu']);
if (chosen === 'webgpu') {
  await import('./step-webgpu.ts');
  process.exit();
}
const backend: BackendName = chosen;
if (options.batch !== undefined)
  throw new Error('--batch is for --backend webgpu; elsewhere the batch is that of the recipe.');
const peers =
  options.peers === undefined
    ? peersOf[backend]
    : someOf('peers', options.peers, [...new Set(Object.values(peersOf).flat())]);
const pairs = count('pairs', options.pairs);
const steps = count('steps', options.steps);
const threadCounts = counts('threads', options.threads);
const models = someOf('models', options.models, Object.keys(recipes) as ModelName[]);
const folder = mkdtempSync(join(tmpdir(), 'striate-bench-'));
const startOf = (model: ModelName): string => join(folder, `${model}.safetensors`);

console.log(`${describeMachine()}, ${new Date().toISOString().slice(0, 10)}`);
const warning = busyWarning();
if (warning) console.log(warning);
console.log(
  `In turns, ${pairs} pairs of ${options.steps} steps each; ratio = ours / peer, median of the pairs (lowest to highest).`,
);
const rows: Row[] = [];
try {
  for (const model of models) {
    console.log(`\n${recipes[model]}`);
    writeStartFile(startOf(model), model, 1);
    for (const threads of threadCounts) await compareAll(model, threads);
  }
} catch (error) {
  console.error(`bench step: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (options.json) console.log(JSON.stringify(summary()));
if (rows.some(disagree)) process.exitCode = 1;

async function compareAll(model: ModelName, threads: number): Promise<void> {
  for (const peer of peers) {
    const plan = plans[model][peer] ?? {};
    const title = `  ${peer}, ${threads} thread${threads > 1 ? 's' : ''}: `;
    if (plan.skip) console.log(`${title}left out, ${plan.skip}`);
    else if (!isInstalled(peer)) console.log(`${title}not installed; run: pnpm bench:setup`);
    // A peer that knows one thread only is compared with all of ours.
    else if (plan.threads === 1 && threads === 1) console.log(`${title}see above, it has one thread only`);
    else {
      const row = await compare(model, peer, threads, plan);
      rows.push(row);
      console.log(title + describe(row));
    }
  }
}

async function compare(model: ModelName, peer: PeerName, threads: number, plan: Plan): Promise<Row> {
  const peerSteps = Math.min(plan.steps ?? steps, steps);
  const settings = { model, threads, start: startOf(model) };
  const losses = await compareLosses(peer, settings, plan.lossSteps ?? 51);
  const [ours, other] = [
    await startPeer('striate', { ...settings, backend, dropout: 0.5 }),
    await startPeer(peer, { ...settings, dropout: 0.5 }),
  ];
  try {
    const times = await measurePairs(
      { process: ours, steps },
      { process: other, steps: peerSteps, warmUp: plan.warmUp ?? 5 },
      pairs,
    );
    const note = peerSteps < steps ? `, ${peerSteps} of the peer's steps a pair` : '';
    const [lowest, highest] = [Math.min(...times.ratios), Math.max(...times.ratios)];
    return { model, peer, threads, ...times, ratio: median(times.ratios), lowest, highest, losses, note };
  } finally {
    ours.stop();
    other.stop();
  }
}

/** Losses of both sides in step `steps`, from the same weights and data, dropout off. */
async function compareLosses(
  peer: PeerName,
  settings: { model: ModelName; threads: number; start: string },
  steps: number,
): Promise<[number, number]> {
  const losses: number[] = [];
  for (const side of ['striate', peer] as const) {
    const own = side === 'striate' ? { backend } : {};
    const process = await startPeer(side, { ...settings, ...own, dropout: 0 });
    losses.push((await process.run(steps)).loss);
    process.stop();
  }
  return losses as [number, number];
}

function disagree({ losses }: Row): boolean {
  return !(Math.abs(losses[0] - losses[1]) <= 0.01 * losses[1]);
}

function describe(row: Row): string {
  const { ours, peers, ratio, lowest, highest, losses, note, model, peer } = row;
  const after = (plans[model][peer]?.lossSteps ?? 51) - 1;
  const agreement = `; losses after ${after} steps ${losses.map((loss) => loss.toFixed(4)).join(' and ')}`;
  const warning = disagree(row) ? ': MORE THAN 1% APART' : '';
  return `ours ${short(ours)} ms, peer ${short(peers)} ms, ratio ${short(ratio)} (${short(lowest)} to ${short(highest)})${note}${agreement}${warning}`;
}

function short(value: number): string {
  return value.toPrecision(3).includes('e') ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** Milliseconds of a step with 2 threads; the pairs themselves under `comparisons`. */
function summary(): Record<string, unknown> {
  const times = (model: ModelName): Record<string, number | null> => {
    const ofTwo = rows.filter((row) => row.model === model && row.threads === 2);
    const peer = (name: PeerName): number | null => ofTwo.find((row) => row.peer === name)?.peers ?? null;
    return {
      striate: ofTwo.length > 0 ? median(ofTwo.map(({ ours }) => ours)) : null,
      ...Object.fromEntries(peersOf[backend].map((name) => [name, peer(name)])),
    };
  };
  return {
    ...Object.fromEntries(models.map((model) => [model, times(model)])),
    backend,
    machine: describeMachine(),
    warning: warning ?? null,
    comparisons: rows,
  };
}
