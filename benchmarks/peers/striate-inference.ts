// Our side of the inference benchmark, as a process that speaks the peers' protocol (peer.ts):
// --backend wasm|onednn --precision float32|bfloat16 --threads N --weights FILE
import { parseArgs } from 'node:util';
import { onednn } from '@striate/backend-onednn';
import { wasm } from '@striate/backend-wasm';
import { tensor, use, type Values } from '@striate/core';
import { foldBatchNorm, forward, parameterSpecs, stateSpecs } from '@striate/layers';
import { serve } from './peer.ts';
import { resnet50 } from './resnet50.ts';
import { readSafetensors } from './safetensors.ts';

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    precision: { type: 'string', default: 'float32' },
    threads: { type: 'string', default: '2' },
    weights: { type: 'string', default: '' },
  },
});
const threads = Number(options.threads);
const precision = options.precision as 'float32' | 'bfloat16';
const backend = await use(options.backend === 'onednn' ? onednn({ threads, precision }) : wasm({ threads }));

const file = readSafetensors(options.weights);
const model = resnet50();
const valuesOf = (names: readonly string[]): Values =>
  Object.fromEntries(
    names.map((name) => {
      const { values, shape } = file.get(name)!;
      return [name, tensor(values, shape, 'float32')];
    }),
  );
const network = foldBatchNorm({
  model,
  parameters: valuesOf(Object.keys(parameterSpecs(model))),
  state: valuesOf(Object.keys(stateSpecs(model))),
});
const { x } = valuesOf(['x']);
let largest = 0;

await serve(
  {
    async step() {
      const [logits] = forward(network.model, { ...network, inputs: [x!] }).outputs;
      largest = Math.max(...(await logits!.data()));
      logits!.dispose();
    },
    loss: () => Promise.resolve(largest),
  },
  1,
);
await backend.stop();
