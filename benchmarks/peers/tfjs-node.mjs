// TensorFlow.js on native TensorFlow: the tfjs-node binding, built on the wheel tensorflow-cpu by setup.ts.
import { createRequire } from 'node:module';
import util from 'node:util';
import { peerOptions, serve } from './peer.ts';
import { readSafetensors } from './safetensors.ts';
import { startBatches } from './start-file.ts';
import { tfjsTraining } from './tfjs-models.mjs';

const options = peerOptions();
process.env.TF_NUM_INTRAOP_THREADS = String(options.threads);
process.env.TF_NUM_INTEROP_THREADS = '1';
process.env.OMP_NUM_THREADS = String(options.threads);
process.env.TF_CPP_MIN_LOG_LEVEL = '2';
// Node 23 removed what the binding's JavaScript still calls.
util.isNullOrUndefined ??= (value) => value === null || value === undefined;

const require = createRequire(new URL('.installed/node/package.json', import.meta.url));
await serve(tfjsTraining(require('@tensorflow/tfjs-node'), options, readSafetensors(options.start)), startBatches);
