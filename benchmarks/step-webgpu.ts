// `pnpm bench step --backend webgpu`: one training step on a GPU, ours beside stock tfjs on the same adapter.
//
//   --models cnn,resnet20   --batch N   --pairs 5   --steps 20   --json
//
// An adapter that computes on the CPU gets few steps of small batches: only the ratio means something there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { anyWebGpu } from '@striate/backend-webgpu/testing';
import { busyWarning, describeMachine } from './harness/machine.ts';
import { count, someOf } from './harness/options.ts';
import { measurePairs, median } from './harness/pairs.ts';
import { isInstalled, startPeer } from './harness/peer-process.ts';
import { batchSizes, writeStartFile } from './peers/start-file.ts';

type ModelName = keyof typeof batchSizes;

interface Row {
  striate: number;
  tfjs: number;
  ratio: number;
  ratios: number[];
  batch: number;
  losses: [ours: number, tfjs: number];
  dispatches: number;
  submits: number;
  uploads: number;
  uploadedBytes: number;
  fallbacks: number;
  tfjsCounts: Record<string, number>;
  pytorchCuda: number | null;
}

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string' },
    models: { type: 'string', default: 'cnn,resnet20' },
    batch: { type: 'string' },
    pairs: { type: 'string' },
    steps: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const models = someOf('models', options.models, Object.keys(batchSizes) as ModelName[]);
const countOf = (name: 'batch' | 'pairs' | 'steps'): number | undefined =>
  options[name] === undefined ? undefined : count(name, options[name]);
const given = { batch: countOf('batch'), pairs: countOf('pairs'), steps: countOf('steps') };
const found = await anyWebGpu().probe();
if (!found.available) {
  console.error(`bench step: ${found.reason} ${found.remedy}`);
  process.exit(1);
}
const { device } = found;
const isSoftware = /swiftshader|llvmpipe|lavapipe/i.test(device);
const pairs = given.pairs ?? (isSoftware ? 3 : 5);
const steps = given.steps ?? (isSoftware ? 2 : 20);
const folder = mkdtempSync(join(tmpdir(), 'striate-bench-'));
const rows: Partial<Record<ModelName, Row>> = {};

console.log(`${device}; ${describeMachine()}, ${new Date().toISOString().slice(0, 10)}`);
const warning = busyWarning();
if (warning) console.log(warning);
try {
  for (const model of models) {
    const row = await compare(model);
    rows[model] = row;
    console.log(describe(model, row));
  }
} catch (error) {
  console.error(`bench step: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (options.json) console.log(JSON.stringify({ ...rows, device, warning: warning ?? null }));

async function compare(model: ModelName): Promise<Row> {
  const batch = given.batch ?? (isSoftware ? 4 : batchSizes[model]);
  const start = join(folder, `${model}.safetensors`);
  writeStartFile(start, model, 1, batch);
  const settings = { model, dropout: 0, start };
  const ours = await startPeer('striate', { ...settings, backend: 'webgpu' });
  const tfjs = await startPeer('tfjsWebGpu', settings);
  try {
    await ours.run(1);
    await tfjs.run(1);
    const [second, theirSecond] = [await ours.run(1), await tfjs.run(1)];
    const losses: [number, number] = [second.loss, theirSecond.loss];
    if (!(Math.abs(losses[0] - losses[1]) <= 0.01 * Math.abs(losses[1]))) {
      throw new Error(`${model}: the losses of the second step are ${losses.join(' and ')}, more than 1% apart.`);
    }
    const times = await measurePairs({ process: ours, steps, warmUp: 0 }, { process: tfjs, steps, warmUp: 0 }, pairs);
    const { dispatches = 0, submits = 0, uploads = 0, uploadedBytes = 0, fallbacks = 0 } = second.counts;
    return {
      striate: times.ours,
      tfjs: times.peers,
      ratio: median(times.ratios),
      ratios: times.ratios,
      batch,
      losses,
      dispatches,
      submits,
      uploads,
      uploadedBytes,
      fallbacks,
      tfjsCounts: theirSecond.counts,
      pytorchCuda: isSoftware ? null : await timePytorch(settings),
    };
  } finally {
    ours.stop();
    tfjs.stop();
  }
}

/** A step of PyTorch on CUDA, or null where it has none. */
async function timePytorch(settings: Record<string, string | number>): Promise<number | null> {
  if (!isInstalled('pytorchCuda')) return null;
  try {
    const peer = await startPeer('pytorchCuda', { ...settings, device: 'cuda' });
    await peer.run(10);
    const { milliseconds } = await peer.run(steps * pairs);
    peer.stop();
    return median(milliseconds);
  } catch (error) {
    console.log(`PyTorch is left out: ${(error as Error).message.trim().split('\n').at(-1)}`);
    return null;
  }
}

function describe(model: ModelName, row: Row): string {
  const { striate, tfjs, ratio, ratios, batch, losses, dispatches, submits, uploads, tfjsCounts, pytorchCuda } = row;
  const spread = `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
  return [
    `\n${model}, batch ${batch}: ours ${striate.toFixed(1)} ms, tfjs ${tfjs.toFixed(1)} ms, ratio ${ratio.toFixed(3)} (${spread})`,
    `  a step of ours: ${dispatches} dispatches, ${submits} submits, ${uploads} uploads`,
    `  of tfjs: ${tfjsCounts['dispatches']} dispatches, ${tfjsCounts['submits']} submits, ${tfjsCounts['uploads']} uploads`,
    `  losses of the second step ${losses.map((loss) => loss.toFixed(5)).join(' and ')}`,
    ...(pytorchCuda === null ? [] : [`  PyTorch on CUDA ${pytorchCuda.toFixed(2)} ms`]),
  ].join('\n');
}
