import { onednn } from '@striate/backend-onednn';
import { tensorflow } from '@striate/backend-tensorflow';
import { wasm } from '@striate/backend-wasm';
import type { Backend } from '@striate/core';
import { oneOf } from './options.ts';

/** Backends of a processor, by the name that `--backend` takes. */
const backends: Readonly<Record<string, (options: { threads?: number }) => Backend>> = {
  wasm,
  onednn,
  'onednn-bfloat16': (options) => onednn({ ...options, precision: 'bfloat16' }),
  tensorflow,
};

/** The backend of that name; all cores unless told otherwise. */
export function backendNamed(name: string, options: { threads?: number } = {}): Backend {
  return backends[oneOf('backend', name, Object.keys(backends))]!(options);
}
