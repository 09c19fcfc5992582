// TensorFlow.js on its own WebGPU backend, through Dawn.
import { createRequire } from 'node:module';
import { create, globals } from 'webgpu';
import { peerOptions, serve } from './peer.ts';
import { readSafetensors } from './safetensors.ts';
import { startBatches } from './start-file.ts';
import { tfjsTraining } from './tfjs-models.mjs';

const options = peerOptions();
Object.assign(globalThis, globals);
Object.defineProperty(globalThis.navigator, 'gpu', { value: create([]), configurable: true });

const counts = { dispatches: 0, submits: 0, uploads: 0, uploadedBytes: 0 };
onCall(globalThis.GPUComputePassEncoder, 'dispatchWorkgroups', () => counts.dispatches++);
onCall(globalThis.GPUQueue, 'submit', () => counts.submits++);
onCall(globalThis.GPUDevice, 'createBuffer', ({ size, mappedAtCreation }) => {
  // Each upload of a tensor makes such a buffer, to write to or to copy from.
  if (!mappedAtCreation) return;
  counts.uploads++;
  counts.uploadedBytes += size;
});

// By require, as Node imports them: one copy of the core. The layers bring the gradients of stock operations.
const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-layers');
require('@tensorflow/tfjs-backend-webgpu');
await tf.setBackend('webgpu');
const training = tfjsTraining(tf, options, readSafetensors(options.start));
// Constants of the set-up are uploaded by the first step.
await serve({ ...training, runsAhead: true, counts: () => ({ ...counts }) }, startBatches);
process.exit();

function onCall(type, method, note) {
  const original = type.prototype[method];
  type.prototype[method] = function (...args) {
    note(...args);
    return original.apply(this, args);
  };
}
