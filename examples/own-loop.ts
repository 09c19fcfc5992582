// A loop of one's own: what `fit` does in a step is two calls, and anything can stand between them. Here it is a look at
// how long the gradient is, and batches of which each is computed in two parts, as a machine with little memory would.
// Run it in the workspace: node --conditions=@striate/source examples/own-loop.ts
import { wasm } from '@striate/backend-wasm';
import { dispose, use, type Values } from '@striate/core';
import { batches, mnist, take } from '@striate/data';
import { initialize } from '@striate/layers';
import {
  accuracy,
  averageGradients,
  createTrainer,
  crossEntropy,
  evaluate,
  sgd,
  type StepGradients,
} from '@striate/train';
import { lenet5 } from '@striate/zoo';

await use(wasm());
const { train, test } = await mnist();
const data = batches(take(train, 6400), { size: 32, seed: 1 });

const trainer = createTrainer(initialize(lenet5(), { seed: 1 }), {
  loss: crossEntropy(),
  metrics: [accuracy()],
  optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
  seed: 1,
});

/** The square root of the sum of all squares. Reading it waits for the device, so it is done now and then. */
async function lengthOf(gradients: Values): Promise<number> {
  const all = await Promise.all(Object.values(gradients).map((gradient) => gradient.data<'float32'>()));
  return Math.hypot(...all.map((values) => Math.hypot(...values)));
}

let parts: StepGradients[] = [];
for await (const batch of data.epoch(0)) {
  parts.push(trainer.gradients(batch)); // tensors of this step, which the trainer gives back
  if (parts.length < 2) continue;
  const gradients = averageGradients(parts); // those of 64 images
  if (trainer.step % 20 === 0) {
    const { loss, metrics } = parts[0]!;
    const [first, { accuracy: share }] = [await loss(), await metrics()];
    const length = await lengthOf(gradients);
    console.log(
      `step ${trainer.step}: loss ${first.toFixed(3)}, ${(100 * share!).toFixed(0)}% right, gradient ${length.toFixed(2)}`,
    );
  }
  trainer.update(gradients); // takes them
  parts = [];
}

const network = trainer.network(); // the caller's, as fit's would be
trainer.dispose();
console.log(await evaluate(network, batches(test, { size: 256 }), { loss: crossEntropy(), metrics: [accuracy()] }));
dispose(network.parameters, network.state);
