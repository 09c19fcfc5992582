// What one training step asks of a GPU, counted: a number that grows is a step that got slower everywhere. Dawn's null
// device checks every command and computes nothing, so that whole batches cost no time.
import { dispose, sizeOf, tensor, use } from '@striate/core';
import { webgpu } from '@striate/backend-webgpu';
import { initialize, type Model } from '@striate/layers';
import { adam, createTrainer, crossEntropy, sgd, type Optimizer } from '@striate/train';
import { lenet5, mnistCnn, resnet20 } from '@striate/zoo';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { create, globals } from 'webgpu';

const backend = webgpu();
beforeAll(async () => {
  Object.assign(globalThis, globals);
  const gpu = create(['backend=null']);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  await use(backend);
});
afterAll(async () => {
  await backend.stop();
  delete (globalThis.navigator as { gpu?: GPU }).gpu;
});

type Images = [count: number, height: number, width: number, channels: number];

/** How the backend's figures move in each of some steps, whose parameters are read. */
async function figuresOfSteps(model: Model, optimizer: Optimizer, images: Images, steps: number): Promise<Figures[]> {
  const trainer = createTrainer(initialize(model, { seed: 1 }), { optimizer, loss: crossEntropy(), seed: 1 });
  const figures: Figures[] = [];
  for (let step = 0; step < steps; step++) {
    const before = backend.stats();
    const inputs = tensor(new Float32Array(sizeOf(images)), images);
    const targets = tensor(new Int32Array(images[0]), [images[0]], 'int32');
    trainer.update(trainer.gradients({ inputs, targets }).gradients);
    dispose(inputs, targets);
    const { parameters, state } = trainer.network();
    await Object.values(parameters).at(-1)!.data();
    dispose(parameters, state);
    const after = backend.stats();
    figures.push({
      dispatches: after.dispatches - before.dispatches,
      submits: after.submits - before.submits,
      uploads: after.uploads.count - before.uploads.count,
      uploadedBytes: after.uploads.bytes - before.uploads.bytes,
      reservedBytes: after.bytesReserved - before.bytesReserved,
    });
  }
  trainer.dispose();
  return figures;
}

type Figures = Record<'dispatches' | 'submits' | 'uploads' | 'uploadedBytes' | 'reservedBytes', number>;

const momentum = sgd({ learningRate: 0.01, momentum: 0.9, weightDecay: 1e-4 });

test.each<{ name: string; model: Model; optimizer: Optimizer; images: Images; dispatches: number }>([
  { name: 'ResNet-20', model: resnet20(), optimizer: momentum, images: [128, 32, 32, 3], dispatches: 284 },
  { name: 'small CNN', model: mnistCnn(), optimizer: adam(), images: [64, 28, 28, 1], dispatches: 38 },
  { name: 'LeNet-5', model: lenet5(), optimizer: adam(), images: [64, 28, 28, 1], dispatches: 42 },
])('a step of $name uploads its batch alone, in one submit', async ({ model, optimizer, images, dispatches }) => {
  const figures = await figuresOfSteps(model, optimizer, images, 10);
  expect(figures.at(-1)).toEqual({
    dispatches,
    submits: 1,
    uploads: 2,
    uploadedBytes: 4 * (sizeOf(images) + images[0]),
    reservedBytes: 0,
  });
  expect(backend.stats().fallbacks).toEqual({});
});
