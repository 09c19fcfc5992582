import { runInTerminal } from '@striate/app-experiment/node';
import { wasm } from '@striate/backend-wasm';

await runInTerminal(wasm(), 'runs/node-cpu');
