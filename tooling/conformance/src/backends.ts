import { onednn } from '@striate/backend-onednn';
import { tensorflow } from '@striate/backend-tensorflow';
import { wasm } from '@striate/backend-wasm';
import { anyWebGpu } from '@striate/backend-webgpu/testing';
import type { Backend } from '@striate/core';
import { cpu } from '@striate/core/testing';

/** Every way of computing that the suite runs on, by name. */
export const backends: Record<string, () => Backend> = {
  cpu: () => cpu(),
  wasm: () => wasm({ threads: 2 }),
  'wasm, plain SIMD, one thread': () => wasm({ threads: 1, simd: 'plain', memory: 'unshared' }),
  'wasm without Winograd': () => wasm({ threads: 2, winograd: false }),
  webgpu: () => anyWebGpu(),
  onednn: () => onednn({ threads: 2 }),
  tensorflow: () => tensorflow({ threads: 2 }),
};
