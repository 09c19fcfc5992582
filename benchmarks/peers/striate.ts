// Our side of the step benchmark, as a process that speaks the peers' protocol (peer.ts).
import { anyWebGpu } from '@striate/backend-webgpu/testing';
import { dispose, tensor, use, type Tensor, type Values } from '@striate/core';
import { initialize } from '@striate/layers';
import { adam, createTrainer, crossEntropy, sgd, type StepGradients } from '@striate/train';
import { mnistCnn, resnet20 } from '@striate/zoo';
import { backendNamed } from '../harness/backend-named.ts';
import { peerOptions, serve } from './peer.ts';
import { readSafetensors, type FileTensor } from './safetensors.ts';

const options = peerOptions();
const { threads } = options;
const gpu = options.backend === 'webgpu' ? anyWebGpu() : undefined;
const backend = await use(gpu ?? backendNamed(options.backend, { threads }));

const isCnn = options.model === 'cnn';
const model = isCnn ? mnistCnn({ dropoutRate: options.dropout }) : resnet20();
const learningRate = isCnn ? 1e-3 : 0.01;
const optimizer = isCnn ? adam({ learningRate }) : sgd({ learningRate, momentum: 0.9, weightDecay: 1e-4 });
const { x, labels, ...weights } = Object.fromEntries(readSafetensors(options.start));
const network = initialize(model, { seed: 1 });
const parameters = fromStart(network.parameters, Object.values(weights));
dispose(network.parameters);
const batches = split(x!).map((inputs, index) => ({ inputs, targets: split(labels!)[index]! }));

const trainer = createTrainer({ ...network, parameters }, { optimizer, loss: crossEntropy(), seed: 1 });
let last: StepGradients | undefined;

await serve(
  {
    // Each call ends the step before and begins one, whose loss can then still be read.
    step(batch) {
      if (last) trainer.update(last.gradients);
      last = trainer.gradients(batches[batch]!);
    },
    loss: () => last!.loss(),
    ...(gpu && {
      runsAhead: true,
      counts() {
        const { dispatches, submits, uploads, fallbacks } = gpu.stats();
        const stock = Object.values(fallbacks).reduce((sum, calls) => sum + calls, 0);
        return { dispatches, submits, uploads: uploads.count, uploadedBytes: uploads.bytes, fallbacks: stock };
      },
    }),
  },
  batches.length,
);
await backend.stop();

/** The file lists its weights in the order of our layers. */
function fromStart(ours: Values, theirs: readonly FileTensor[]): Values {
  return Object.fromEntries(
    Object.entries(ours).map(([name, { shape }], index) => {
      const source = theirs[index];
      const [wanted, got] = [shape.join(', '), source?.shape.join(', ')];
      if (!source || got !== wanted) {
        throw new Error(`The start file has shape [${got ?? ''}] where '${name}' has [${wanted}].`);
      }
      return [name, tensor(source.values, shape)];
    }),
  );
}

function split({ shape: [count, ...shape], values: all }: FileTensor): Tensor[] {
  const size = all.length / count!;
  const dtype = all instanceof Int32Array ? 'int32' : 'float32';
  return Array.from({ length: count! }, (_, index) =>
    tensor(all.slice(index * size, (index + 1) * size), shape, dtype),
  );
}
