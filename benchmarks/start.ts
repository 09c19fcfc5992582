// `pnpm bench start`: the starting weights of VGG-16, 138 million: `initialize`, with its way to the device, against a plain
// loop that turns the same random words into an array; and how far memory grows beyond what it was.
//
//   --backend wasm|stock   --pairs 3   --json
//
// Both must give the same bits. The exit code is 1 where the ratio (median of the pairs) is above 1.3, or memory grows by
// more than 1.8 times the weights.
import { parseArgs } from 'node:util';
import { wasm } from '@striate/backend-wasm';
import { dispose, hashName, randomBits, sizeOf, streams, use, type ParameterSpec } from '@striate/core';
import {
  conv2d,
  dense,
  flatten,
  initialize,
  input,
  maxPool2d,
  parameterSpecs,
  sequential,
  type LayerFunction,
  type Model,
  type Network,
} from '@striate/layers';
import { busyWarning, describeMachine } from './harness/machine.ts';
import { count, oneOf } from './harness/options.ts';
import { median } from './harness/pairs.ts';

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    pairs: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const backend = oneOf('backend', options.backend, ['wasm', 'stock']);
const pairs = count('pairs', options.pairs);
const most = { ratio: 1.3, growth: 1.8 };
const seed = 1;

const warning = busyWarning();
console.log(`${describeMachine()}, ${new Date().toISOString().slice(0, 10)}${warning ? `\n${warning}` : ''}`);
if (backend === 'wasm') await use(wasm({ threads: 1 }));
else await import('@tensorflow/tfjs-backend-cpu');

const model = vgg16();
const specs = parameterSpecs(model);
const weights = Object.values(specs).reduce((sum, { shape }) => sum + sizeOf(shape), 0);

// Memory first: a process' peak does not go down again.
const before = process.memoryUsage.rss();
const first = initialize(model, { seed });
const growth = (process.resourceUsage().maxRSS * 1024 - before) / (4 * weights);
await check(first);
release(first);

const times = { ours: [] as number[], plain: [] as number[] };
for (let pair = 0; pair < pairs; pair++) {
  times.plain.push(
    milliseconds(() => {
      for (const [path, spec] of Object.entries(specs)) plainLoop(path, spec);
    }),
  );
  let network: Network | undefined;
  times.ours.push(milliseconds(() => (network = initialize(model, { seed }))));
  release(network!);
}
const ratio = median(times.ours.map((time, pair) => time / times.plain[pair]!));
const [ours, plain] = [median(times.ours), median(times.plain)];
console.log(
  `VGG-16, ${weights} weights, ${backend}: ours ${(ours / 1000).toFixed(2)} s, plain loop ${(plain / 1000).toFixed(2)} s, ratio ${ratio.toFixed(2)}; memory grew by ${growth.toFixed(2)} times the weights.`,
);
if (options.json)
  console.log(JSON.stringify({ machine: describeMachine(), backend, weights, ours, plain, ratio, growth }));
if (ratio > most.ratio || growth > most.growth) process.exitCode = 1;

/** Simonyan, Zisserman 2015, configuration D: 13 convolutions and 3 dense layers on 224x224x3. */
function vgg16(): Model {
  const blocks = [
    [64, 64],
    [128, 128],
    [256, 256, 256],
    [512, 512, 512],
    [512, 512, 512],
  ];
  const convolutions = blocks.flatMap((block): LayerFunction[] => [
    ...block.map((filters) => conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu' })),
    maxPool2d(),
  ]);
  const hidden = [4096, 4096].map((units) => dense({ units, activation: 'relu' }));
  return sequential([input([224, 224, 3]), ...convolutions, flatten(), ...hidden, dense({ units: 1000 })]);
}

/** The same values as the initialisers give (glorotUniform for kernels, zeros for biases), as one would write it down. */
function plainLoop(path: string, { shape, kind }: ParameterSpec): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  if (kind !== 'kernel') return values;
  const [inputs, outputs] = [shape.at(-2)!, shape.at(-1)!];
  const limit = Math.sqrt(3) * Math.sqrt(1 / ((sizeOf(shape.slice(0, -2)) * (inputs + outputs)) / 2));
  const scale = (2 * limit) / 2 ** 24;
  const key = { seed, stream: streams.initializer, call: hashName(path), step: 0 };
  const words = randomBits(key, { length: values.length });
  for (let place = 0; place < words.length; place++) values[place] = -limit + (words[place]! >>> 8) * scale;
  return values;
}

async function check({ parameters }: Network): Promise<void> {
  for (const [path, spec] of Object.entries(specs)) {
    const [found, wanted] = [(await parameters[path]!.data()) as Float32Array, plainLoop(path, spec)];
    const bytes = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
      Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
    if (Buffer.compare(bytes(found), bytes(wanted)) !== 0)
      throw new Error(`bench start: the values of ${path} differ from the plain loop's.`);
  }
}

function release({ parameters, state }: Network): void {
  dispose(parameters, state);
  globalThis.gc?.();
}

function milliseconds(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
