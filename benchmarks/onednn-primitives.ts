// `pnpm bench onednn-primitives`: what oneDNN's primitives gain over our WebAssembly kernels, op by op, on sizes of
// typical networks: forward, and forward with all gradients.
//
//   --names batchNorm,tanh   --threads 2   --repeats 15   --json
import { parseArgs } from 'node:util';
import { dispose, ops, tensor, tidy, use, valueAndGradients, type Backend, type Tensor } from '@striate/core';
import { backendNamed } from './harness/backend-named.ts';
import { busyWarning, describeMachine } from './harness/machine.ts';
import { count, someOf } from './harness/options.ts';
import { median } from './harness/pairs.ts';

type Inputs = Readonly<Record<string, Tensor>>;
interface Case {
  shapes: Readonly<Record<string, readonly number[]>>;
  compute(inputs: Inputs): Tensor;
}

const geometry = { padding: [1, 1, 1, 1], dilations: [1, 1], groups: 1, activation: 'linear' } as const;
const pool = { poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } as const;
const overlapping = { poolSize: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] } as const;
const norm = { x: [128, 32, 32, 16], gamma: [16], beta: [16] };
const elements = (kind: 'relu' | 'tanh' | 'sigmoid' | 'gelu' | 'silu' | 'softmax'): Case => ({
  shapes: { x: [2048, 1024] },
  compute: ({ x }) => ops.activation(x!, kind),
});

const cases: Readonly<Record<string, Case>> = {
  conv2d: {
    shapes: { x: [128, 16, 16, 32], kernel: [3, 3, 32, 32], bias: [32] },
    compute: ({ x, kernel, bias }) =>
      ops.conv2d({ x: x!, kernel: kernel!, bias: bias! }, { ...geometry, strides: [1, 1] }),
  },
  matMul: { shapes: { a: [512, 1024], b: [1024, 512] }, compute: ({ a, b }) => ops.matMul({ a: a!, b: b! }) },
  batchNorm: {
    shapes: norm,
    compute: ({ x, gamma, beta }) =>
      ops.batchNorm({ x: x!, gamma: gamma!, beta: beta! }, { epsilon: 1e-5, activation: 'relu' }).y,
  },
  batchNormWithResidual: {
    shapes: { ...norm, residual: norm.x },
    compute: ({ x, gamma, beta, residual }) =>
      ops.batchNorm({ x: x!, gamma: gamma!, beta: beta!, residual: residual! }, { epsilon: 1e-5, activation: 'relu' })
        .y,
  },
  layerNorm: {
    shapes: { x: [3136, 768], gamma: [768], beta: [768] },
    compute: ({ x, gamma, beta }) => ops.layerNorm({ x: x!, gamma: gamma!, beta: beta! }, { epsilon: 1e-5 }),
  },
  localResponseNorm: {
    shapes: { x: [32, 27, 27, 96] },
    compute: ({ x }) => ops.localResponseNorm(x!, { size: 5, alpha: 2e-5, beta: 0.75, k: 2 }),
  },
  maxPool: { shapes: { x: [64, 26, 26, 32] }, compute: ({ x }) => ops.maxPool2d(x!, pool) },
  maxPool3: { shapes: { x: [32, 56, 56, 64] }, compute: ({ x }) => ops.maxPool2d(x!, overlapping) },
  averagePool3: {
    shapes: { x: [32, 56, 56, 64] },
    compute: ({ x }) => ops.averagePool2d(x!, { ...overlapping, countPadding: false }),
  },
  nearest: {
    shapes: { x: [32, 28, 28, 64] },
    compute: ({ x }) => ops.resize2d(x!, { size: [56, 56], interpolation: 'nearest' }),
  },
  bilinear: {
    shapes: { x: [32, 28, 28, 64] },
    compute: ({ x }) => ops.resize2d(x!, { size: [56, 56], interpolation: 'bilinear' }),
  },
  relu: elements('relu'),
  tanh: elements('tanh'),
  sigmoid: elements('sigmoid'),
  gelu: elements('gelu'),
  silu: elements('silu'),
  softmax: elements('softmax'),
  add: { shapes: { a: [2048, 1024], b: [2048, 1024] }, compute: ({ a, b }) => ops.add(a!, b!) },
};

const { values: options } = parseArgs({
  options: {
    names: { type: 'string', default: Object.keys(cases).join(',') },
    threads: { type: 'string', default: '2' },
    repeats: { type: 'string', default: '15' },
    json: { type: 'boolean', default: false },
  },
});
const names = someOf('names', options.names, Object.keys(cases));
const threads = count('threads', options.threads);
const repeats = count('repeats', options.repeats);

interface Times {
  forward: number;
  both: number;
}
const results: Record<string, Record<string, Times>> = {};

console.log(`${describeMachine()}, ${new Date().toISOString().slice(0, 10)}`);
const warning = busyWarning();
if (warning) console.log(warning);
for (const name of ['wasm', 'onednn']) {
  const backend: Backend = await use(backendNamed(name, { threads }));
  for (const title of names) (results[title] ??= {})[name] = await timesOf(title);
  await backend.stop();
}
console.log(`Milliseconds, ${threads} threads, median of ${repeats}: forward; forward and all gradients.`);
for (const [title, { wasm, onednn }] of Object.entries(results)) {
  const pair = (part: keyof Times): string =>
    `wasm ${wasm![part].toFixed(2).padStart(6)}, onednn ${onednn![part].toFixed(2).padStart(6)} (${(wasm![part] / onednn![part]).toFixed(1)}x)`;
  console.log(`  ${title.padEnd(22)} ${pair('forward')}; ${pair('both')}`);
}
if (options.json) console.log(JSON.stringify({ machine: describeMachine(), results }));

async function timesOf(title: string): Promise<Times> {
  const found = cases[title]!;
  const inputs = Object.fromEntries(
    Object.entries(found.shapes).map(([name, shape]) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return [
        name,
        tensor(
          Float32Array.from({ length: size }, (_, index) => Math.sin(index)),
          [...shape],
        ),
      ];
    }),
  );
  const forward = time(() => dispose(tidy(() => found.compute(inputs))));
  const both = time(() => {
    const { loss, gradients } = valueAndGradients(
      (parameters) => ({ loss: ops.mean(found.compute(parameters)) }),
      inputs,
    );
    dispose([loss, ...Object.values(gradients)]);
  });
  dispose(inputs);
  return { forward, both };
}

function time(run: () => void): number {
  for (let warmUp = 0; warmUp < 5; warmUp++) run();
  const times = Array.from({ length: repeats }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return median(times);
}
