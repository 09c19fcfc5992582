import { runInTerminal } from '@striate/app-experiment/node';
import { onednn } from '@striate/backend-onednn';

await runInTerminal(onednn(), 'runs/node-native');
