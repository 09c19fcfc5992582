// tfjs-layers, TensorFlow.js' counterpart of Keras, on the tfjs-node binding: the small CNN as people write it.
import { createRequire } from 'node:module';
import util from 'node:util';
import { peerOptions, serve } from './peer.ts';
import { readSafetensors } from './safetensors.ts';
import { startBatches } from './start-file.ts';

const options = peerOptions();
process.env.TF_NUM_INTRAOP_THREADS = String(options.threads);
process.env.OMP_NUM_THREADS = String(options.threads);
process.env.TF_CPP_MIN_LOG_LEVEL = '2';
// Node 23 removed what the binding's JavaScript still calls.
util.isNullOrUndefined ??= (value) => value === null || value === undefined;

const tf = createRequire(new URL('.installed/node/package.json', import.meta.url))('@tensorflow/tfjs-node');
const { layers } = tf;
const model = tf.sequential({
  layers: [
    layers.conv2d({ inputShape: [28, 28, 1], filters: 32, kernelSize: 3, activation: 'relu' }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    ...(options.dropout > 0 ? [layers.dropout({ rate: options.dropout })] : []),
    layers.dense({ units: 128, activation: 'relu' }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ],
});
model.compile({ optimizer: tf.train.adam(1e-3, 0.9, 0.999, 1e-8), loss: 'categoricalCrossentropy' });
const start = readSafetensors(options.start);
const { x, labels, ...weights } = Object.fromEntries(start);
model.setWeights(Object.values(weights).map(({ shape, values }) => tf.tensor(values, shape)));
const batches = (tensor) => tf.split(tensor, startBatches).map((part) => tf.reshape(part, part.shape.slice(1)));
const images = batches(tf.tensor(x.values, x.shape));
const targets = batches(tf.oneHot(tf.tensor(labels.values, labels.shape, 'int32'), 10).toFloat());
let loss = Number.NaN;
await serve(
  {
    async step(batch) {
      loss = await model.trainOnBatch(images[batch], targets[batch]);
    },
    loss: async () => loss,
  },
  startBatches,
);
