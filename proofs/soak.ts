// Long training keeps its memory: tensors and bytes in the allocator are exactly equal from step 50 on, and after step
// 500 resident memory and the JavaScript heap grow by less than 1 MB in 1,000 steps.
//
//   pnpm proof soak [--backend wasm | onednn] [--steps 2000] [--model cnn | resnet20]
import { parseArgs } from 'node:util';
import { memory, use } from '@striate/core';
import { batches, mnist, take, type Dataset } from '@striate/data';
import type { Model } from '@striate/layers';
import { accuracy, adam, crossEntropy, disposeTraining, fit } from '@striate/train';
import { mnistCnn, resnet20 } from '@striate/zoo';
import { backendNamed } from '../benchmarks/harness/backend-named.ts';
import { describeMachine } from '../benchmarks/harness/machine.ts';
import { count, someOf } from '../benchmarks/harness/options.ts';
import { conclude } from './shared/conclude.ts';
import { slope } from './shared/slope.ts';
import { randomImages } from './shared/small-training.ts';

/** How often memory is looked at, in steps. */
const interval = 50;
/** Growth is measured after this step. */
const settled = 500;
const megabyte = 1e6;

interface Subject {
  model: Model;
  data: Dataset;
  batchSize: number;
}

const subjects: Record<string, () => Promise<Subject>> = {
  cnn: async () => ({ model: mnistCnn(), data: take((await mnist()).train, 12_840), batchSize: 64 }),
  resnet20: async () => ({ model: resnet20(), data: randomImages(1_604, [32, 32, 3]), batchSize: 8 }),
};

interface Sample {
  step: number;
  tensors: number;
  allocated: number;
  resident: number;
  heap: number;
}

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    steps: { type: 'string', default: '2000' },
    model: { type: 'string', default: Object.keys(subjects).join() },
  },
});
const steps = count('steps', options.steps);
const names = someOf('model', options.model, Object.keys(subjects));
if (steps < settled + 2 * interval)
  throw new Error(`--steps is ${options.steps}, but must be at least ${settled + 2 * interval}.`);
const collect = globalThis.gc;
if (!collect) throw new Error('soak: run it with node --expose-gc, as pnpm proof does.');

const backend = await use(backendNamed(options.backend));
console.log(`${describeMachine()}; ${backend.stats().device}`);
const shortfalls: string[] = [];
const reached: string[] = [];
for (const name of names) {
  const samples = await soak(await subjects[name]!());
  print(name, samples);
  judge(name, samples);
}
await backend.stop();
conclude('soak', `${steps} steps; ${reached.join('; ')}`, shortfalls);

/** Trains, and looks at memory where no loss is on its way. */
async function soak({ model, data, batchSize }: Subject): Promise<Sample[]> {
  const samples: Sample[] = [];
  const cut = batches(data, { size: batchSize, seed: 1 });
  const { state } = await fit(model, {
    data: cut,
    epochs: Math.ceil(steps / cut.batchesPerEpoch),
    optimizer: adam(),
    loss: crossEntropy(),
    metrics: [accuracy()],
    seed: 1,
    callbacks: [
      {
        async onStep({ step, snapshot, stop }) {
          if (step === steps) stop('enough');
          if (step % interval !== 0) return;
          await snapshot();
          samples.push(measure(step));
        },
      },
    ],
  });
  disposeTraining(state);
  return samples;
}

function measure(step: number): Sample {
  // V8 doubles its young generation when it sees fit; asked for all it can spare, it gives that back.
  collect!({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  const { rss, heapUsed, external } = process.memoryUsage();
  const { bytesInUse } = backend.stats() as { bytesInUse: number };
  return { step, tensors: memory().numTensors, allocated: bytesInUse, resident: rss, heap: heapUsed + external };
}

function print(name: string, samples: readonly Sample[]): void {
  const row = (cells: readonly (string | number)[]): string => cells.map((cell) => `${cell}`.padStart(16)).join('');
  const megabytes = (bytes: number): string => (bytes / megabyte).toFixed(2);
  console.log(`${name}\n${row(['step', 'tensors', 'allocated bytes', 'resident MB', 'heap MB'])}`);
  const every = Math.ceil(samples.length / 20);
  for (const { step, tensors, allocated, resident, heap } of samples.filter((_, place) => (place + 1) % every === 0)) {
    console.log(row([step, tensors, allocated, megabytes(resident), megabytes(heap)]));
  }
}

function judge(name: string, samples: readonly Sample[]): void {
  const [first, ...others] = samples;
  const other = others.find(({ tensors, allocated }) => tensors !== first!.tensors || allocated !== first!.allocated);
  if (other) {
    shortfalls.push(
      `${name}: ${first!.tensors} tensors and ${first!.allocated} bytes after step ${first!.step}, but ${other.tensors} and ${other.allocated} after step ${other.step}`,
    );
  }
  const growth = (of: (sample: Sample) => number): number =>
    (1_000 / megabyte) * slope(samples.filter(({ step }) => step > settled).map((sample) => [sample.step, of(sample)]));
  const resident = growth((sample) => sample.resident);
  const heap = growth((sample) => sample.heap);
  for (const [what, grown] of [
    ['resident memory', resident],
    ['the heap', heap],
  ] as const) {
    if (grown >= 1)
      shortfalls.push(`${name}: ${what} grows by ${grown.toFixed(2)} MB in 1,000 steps, wanted less than 1`);
  }
  reached.push(
    `${name}: ${other ? 'tensors or bytes vary' : `${first!.tensors} tensors and ${first!.allocated} bytes throughout`}, ` +
      `resident memory ${resident.toFixed(2)} MB and heap ${heap.toFixed(2)} MB per 1,000 steps`,
  );
}
