import { runInTerminal } from '@striate/app-experiment/node';
import { webgpu } from '@striate/backend-webgpu';

await runInTerminal(webgpu(), 'runs/node-webgpu');
