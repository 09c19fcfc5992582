import { onednn } from '@striate/backend-onednn';
import { tensorflow } from '@striate/backend-tensorflow';
import { wasm } from '@striate/backend-wasm';
import { webgpu } from '@striate/backend-webgpu';
import type { RightCall } from '../right-call.ts';

export const backendCalls: readonly RightCall[] = [
  {
    name: 'wasm',
    call: wasm,
    args: () => [{ threads: 2, winograd: true, simd: 'auto', memory: 'auto', maximumBytes: 2 ** 30, profile: false }],
    options: 0,
  },
  {
    name: 'onednn',
    call: onednn,
    args: () => [{ threads: 2, library: '/lib/none.so', precision: 'float32', maximumBytes: 2 ** 30, profile: false }],
    options: 0,
    also: { library: ['text'] },
  },
  { name: 'webgpu', call: webgpu, args: () => [{ powerPreference: 'low-power', profile: false }], options: 0 },
  { name: 'tensorflow', call: tensorflow, args: () => [{ device: 'auto', threads: 2, tf32: false }], options: 0 },
];
