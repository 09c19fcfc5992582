// `pnpm bench profile`: where the time of a training step goes, by kernel.
//
//   --backend wasm|onednn   --models cnn,resnet20   --threads 2   --steps 30   --json
import { parseArgs } from 'node:util';
import { onednn } from '@striate/backend-onednn';
import { wasm, type WasmStats } from '@striate/backend-wasm';
import { randomNormal, streams, tensor, use } from '@striate/core';
import { initialize, type Model } from '@striate/layers';
import { adam, createTrainer, crossEntropy, sgd, type Optimizer } from '@striate/train';
import { mnistCnn, resnet20 } from '@striate/zoo';
import { describeMachine } from './harness/machine.ts';
import { count, oneOf, someOf } from './harness/options.ts';

interface Recipe {
  model: Model;
  optimizer: Optimizer;
  inputShape: readonly [number, number, number, number];
}

const recipes: Record<string, () => Recipe> = {
  cnn: () => ({ model: mnistCnn(), optimizer: adam(), inputShape: [64, 28, 28, 1] }),
  resnet20: () => ({
    model: resnet20(),
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4 }),
    inputShape: [128, 32, 32, 3],
  }),
};

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    models: { type: 'string', default: 'cnn,resnet20' },
    threads: { type: 'string', default: '2' },
    steps: { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
  },
});

const makeBackend = { wasm, onednn }[oneOf('backend', options.backend, ['wasm', 'onednn'])];
const models = someOf('models', options.models, Object.keys(recipes));
const threads = count('threads', options.threads);
const steps = count('steps', options.steps);

console.log(`${describeMachine()}, ${new Date().toISOString().slice(0, 10)}`);
const results: Record<string, object> = {};
for (const name of models) results[name] = await profile(name, recipes[name]!());
if (options.json) console.log(JSON.stringify(results));

async function profile(name: string, { model, optimizer, inputShape }: Recipe): Promise<object> {
  const backend = makeBackend({ threads, profile: true });
  await use(backend);
  const size = inputShape[0];
  const key = { seed: 1, stream: streams.noise, call: 0, step: 0 };
  const inputs = tensor(
    randomNormal(
      key,
      inputShape.reduce((a, b) => a * b),
    ),
    [...inputShape],
  );
  const targets = tensor(
    Int32Array.from({ length: size }, (_, index) => index % 10),
    [size],
    'int32',
  );
  const trainer = createTrainer(initialize(model, { seed: 1 }), { optimizer, loss: crossEntropy(), seed: 1 });
  const run = (count: number): number => {
    const start = performance.now();
    for (let done = 0; done < count; done++) trainer.update(trainer.gradients({ inputs, targets }).gradients);
    return (performance.now() - start) / count;
  };
  run(Math.ceil(steps / 3));
  const before = backend.stats();
  const milliseconds = run(steps);
  return report(name, milliseconds, steps, before, backend.stats());
}

function report(name: string, milliseconds: number, steps: number, before: WasmStats, after: WasmStats): object {
  const times = Object.entries(after.kernelMilliseconds ?? {}).map(([kernel, total]) => ({
    kernel,
    calls: (after.kernelCalls[kernel]! - (before.kernelCalls[kernel] ?? 0)) / steps,
    ms: (total - (before.kernelMilliseconds?.[kernel] ?? 0)) / steps,
  }));
  const kernels = times.filter(({ calls }) => calls > 0).toSorted((a, b) => b.ms - a.ms);
  const inKernels = kernels.reduce((sum, { ms }) => sum + ms, 0);
  console.log(
    `\n${name}: ${milliseconds.toFixed(2)} ms a step, ${inKernels.toFixed(2)} of them in kernels; ${after.device}`,
  );
  for (const { kernel, calls, ms } of kernels) {
    const bar = '#'.repeat(Math.round((ms / milliseconds) * 60));
    console.log(`${kernel.padEnd(38)} ${String(calls).padStart(5)} x ${ms.toFixed(3).padStart(9)} ms  ${bar}`);
  }
  const fallbacks = Object.keys(after.fallbacks);
  console.log(fallbacks.length === 0 ? 'no stock kernel ran' : `stock kernels ran: ${fallbacks.join(', ')}`);
  return { milliseconds, kernels, fallbacks };
}
