import { wasm } from '@striate/backend-wasm';
import { webgpu } from '@striate/backend-webgpu';

export const makers = { webgpu: () => webgpu(), wasm };
