// Over- and underfitting: few images, many weights, and what each cure does to the gap between training and test.
// Run it in the workspace: node --conditions=@striate/source examples/overfitting.ts
import { wasm } from '@striate/backend-wasm';
import { use } from '@striate/core';
import { batches, mnist, take } from '@striate/data';
import { dense, dropout, flatten, input, regularize, sequential, type Model } from '@striate/layers';
import { l2 } from '@striate/regularizers';
import { accuracy, adam, crossEntropy, evaluate, fit, type Loss } from '@striate/train';

await use(wasm());

const network = (units: number, rate: number): Model =>
  sequential([
    input([28, 28, 1]),
    flatten(),
    dropout({ rate: rate / 2 }),
    dense({ units, activation: 'relu' }),
    dropout({ rate }),
    dense({ units, activation: 'relu' }),
    dropout({ rate }),
    dense({ units: 10 }),
  ]);

interface Trial {
  model: Model;
  images?: number;
  loss?: Loss;
}

const trials: Record<string, Trial> = {
  'nothing done': { model: network(256, 0) },
  'fewer weights': { model: network(16, 0) },
  'far too few weights': { model: network(2, 0) },
  'four times the images': { model: network(256, 0), images: 1200 },
  'L2 penalty': { model: regularize(network(256, 0), { kernel: l2(0.003) }) },
  dropout: { model: network(256, 0.5) },
  'label smoothing': { model: network(256, 0), loss: crossEntropy({ labelSmoothing: 0.1 }) },
  'all three': {
    model: regularize(network(256, 0.5), { kernel: l2(0.003) }),
    loss: crossEntropy({ labelSmoothing: 0.1 }),
  },
  'too much of a penalty': { model: regularize(network(256, 0), { kernel: l2(0.3) }) },
};

const { train, test } = await mnist();
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
console.log(['', 'training', 'test', 'gap'].join(' | '));
for (const [name, { model, images = 300, loss = crossEntropy() }] of Object.entries(trials)) {
  const some = take(train, images);
  const trained = await fit(model, {
    data: batches(some, { size: 50, seed: 1 }),
    epochs: Math.round(36_000 / images),
    optimizer: adam({ learningRate: 2e-3 }),
    loss,
    seed: 1,
  });
  const measures = { loss: crossEntropy(), metrics: [accuracy()] };
  const { accuracy: seen } = await evaluate(trained.network, batches(some, { size: 300 }), measures);
  const { accuracy: unseen } = await evaluate(trained.network, batches(take(test, 2000), { size: 250 }), measures);
  console.log([name, percent(seen!), percent(unseen!), percent(seen! - unseen!)].join(' | '));
}
