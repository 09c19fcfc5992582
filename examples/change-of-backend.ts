// A change of backend in the middle of a training: the state goes along, and training goes on where it was.
// Run it in the workspace: node --conditions=@striate/source examples/change-of-backend.ts
import { onednn } from '@striate/backend-onednn';
import { wasm } from '@striate/backend-wasm';
import { activeBackend, use } from '@striate/core';
import { batches, mnist, take } from '@striate/data';
import { weightsSha256 } from '@striate/inference';
import { mnistCnn } from '@striate/zoo';
import { adam, crossEntropy, fit, type FitOptions } from '@striate/train';

await use(wasm());
const { train } = await mnist();
const options: FitOptions = {
  data: batches(take(train, 6400), { size: 64, seed: 1 }),
  epochs: 1,
  optimizer: adam(),
  loss: crossEntropy(),
  seed: 1,
};

// The first half here...
const { network, state } = await fit(mnistCnn(), {
  ...options,
  callbacks: [{ onStep: ({ step, stop }) => (step === 50 ? stop('half of it') : undefined) }],
});
const { device } = activeBackend()!.stats();
const before = await weightsSha256(network);

// ...and the second on the first of these that works: the same weights, to the bit.
await use([onednn(), wasm({ threads: 1 })], { carry: [state], onRefusal: console.warn });
console.log(`${device} -> ${activeBackend()!.stats().device}`);
console.log(`the same weights: ${(await weightsSha256(network)) === before}`);
const { history } = await fit(mnistCnn(), { ...options, resume: state });
console.log(`after ${history.epochs.at(-1)!.epoch} epoch: loss ${history.epochs.at(-1)!.loss.toFixed(3)}`);
