import { runInTerminal } from '@striate/app-experiment/node';
import { tensorflow } from '@striate/backend-tensorflow';

// Without a usable GPU it says why, and TensorFlow's CPU does the work.
await runInTerminal([tensorflow({ device: 'gpu' }), tensorflow({ device: 'cpu' })], 'runs/node-cuda');
