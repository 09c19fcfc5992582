// TensorFlow.js on its own CPU backend, in plain JavaScript on one thread.
import { createRequire } from 'node:module';
import { peerOptions, serve } from './peer.ts';
import { readSafetensors } from './safetensors.ts';
import { startBatches } from './start-file.ts';
import { tfjsTraining } from './tfjs-models.mjs';

const options = peerOptions();
const require = createRequire(new URL('.installed/node/package.json', import.meta.url));
const tf = require('@tensorflow/tfjs');
await tf.setBackend('cpu');
await serve(tfjsTraining(tf, options, readSafetensors(options.start)), startBatches);
