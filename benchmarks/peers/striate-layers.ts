import { engine } from '@striate/core/backend';
// Our side of the layer benchmark, as a process that speaks the peers' protocol (peer.ts): --name CASE --threads N
import { parseArgs } from 'node:util';
import { wasm } from '@striate/backend-wasm';
import { dispose, randomNormal, sizeOf, streams, tensor, use, type Tensor } from '@striate/core';
import { forward, initialize, input, model } from '@striate/layers';
import { layerCases } from './layer-cases.ts';
import { serve } from './peer.ts';

const { values: options } = parseArgs({
  options: { name: { type: 'string', default: 'depthwise' }, threads: { type: 'string', default: '2' } },
});
const { layer, inputShape } = layerCases[options.name]!;
const backend = await use(wasm({ threads: Number(options.threads) }));

const x = input(inputShape.slice(1));
const graph = model({ inputs: x, outputs: layer(x) });
const { parameters, state } = initialize(graph, { seed: 1 });
const normal = (shape: readonly number[], call: number): Tensor =>
  tensor(randomNormal({ seed: 1, stream: streams.noise, call, step: 0 }, sizeOf(shape)), [...shape]);
const images = normal(inputShape, 0);
const dy = normal([inputShape[0], ...(graph.outputShapes[0] as number[])], 1);
const names = Object.keys(parameters);

await serve(
  {
    step() {
      const { value, grads } = engine().gradients(
        () => {
          const result = forward(graph, { parameters, state, inputs: [images], training: true });
          dispose(Object.fromEntries(Object.entries(result.state).filter(([path, kept]) => kept !== state[path])));
          return result.outputs[0]!;
        },
        [images, ...names.map((name) => parameters[name]!)],
        dy,
      );
      dispose(value, grads);
    },
    loss: () => Promise.resolve(0),
  },
  1,
);
await backend.stop();
