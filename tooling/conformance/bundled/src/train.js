import { use } from '@striate/core';
import { arrayDataset, batches, fashionMnist, mnist } from '@striate/data';
import { load, modelFiles, predict, save } from '@striate/inference';
import { batchNorm, conv2d, dense, globalAveragePool2d, input, sequential } from '@striate/layers';
import { checkpoints, crossEntropy, fit, sgd } from '@striate/train';
import { lenet5 } from '@striate/zoo';

const [length, side] = [256, 16];

/** Bright and dark images: a few steps tell them apart. */
function images() {
  const labels = Int32Array.from({ length }, (_, index) => index % 2);
  const pixels = Uint8Array.from({ length: length * side * side }, (_, place) => {
    return ((place * 31) % 97) + labels[Math.floor(place / (side * side))] * 150;
  });
  const inputShape = [side, side, 1];
  return arrayDataset({ name: 'brightness', pixels, labels, inputShape, classNames: ['dark', 'bright'] });
}

/** Trains on the first that works of the backends in `makers`, in the given order, and tells all that the test looks at. */
export async function train(makers, { threads, order = Object.keys(makers) }) {
  const backendRefusals = [];
  const backend = await use(
    order.map((name) => makers[name]({ threads })),
    { onRefusal: (reason) => backendRefusals.push(reason) },
  );
  const model = sequential([
    input([side, side, 1]),
    conv2d({ filters: 16, kernelSize: 3 }),
    batchNorm({ activation: 'relu' }),
    globalAveragePool2d(),
    dense({ units: 2 }),
  ]);
  const recipe = {
    data: batches(images(), { size: 32, seed: 1 }),
    optimizer: sgd({ learningRate: 0.1 }),
    loss: crossEntropy(),
    seed: 1,
  };
  const { network, history } = await fit(model, { ...recipe, epochs: 2, stepLosses: true });
  const { device, bytesAllowed, noWorkers } = backend.stats();
  // What the server has is looked for in the same way as by a path, which in a page is no folder's.
  const { network: loaded } = await load('/model');
  return {
    device,
    bytesAllowed,
    noWorkers,
    backendRefusals,
    losses: history.stepLosses,
    outputs: (await predict(loaded, new Float32Array([1, 2, 3, 4]))).map((row) => Array.from(row)),
    files: Object.keys(await modelFiles(network)),
    layers: lenet5().nodes.length,
    // What needs folders or packages.
    refusals: {
      save: await refusal(save(network, 'model')),
      checkpoints: await refusal(fit(model, { ...recipe, epochs: 1, callbacks: [checkpoints('run')] })),
      mnist: await refusal(mnist()),
      mnistFolder: await refusal(mnist({ directory: 'mnist' })),
      fashionMnist: await refusal(fashionMnist()),
    },
  };
}

function refusal(promise) {
  return promise.then(
    () => 'none',
    (error) => `${error.name}: ${error.message}`,
  );
}
