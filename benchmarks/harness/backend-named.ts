import { manifest as onednn } from '@striate/backend-onednn/manifest';
import { manifest as tensorflow } from '@striate/backend-tensorflow/manifest';
import { manifest as wasm } from '@striate/backend-wasm/manifest';
import { manifest as webgpu } from '@striate/backend-webgpu/testing';
import type { Backend } from '@striate/core';
import { optionsFromTexts, splitBackend } from '@striate/core/backend';
import { oneOf } from './options.ts';

const manifests = [wasm, onednn, tensorflow, webgpu];

/** The backend of that name, which options may follow, 'onednn,precision=bfloat16'; all cores unless told otherwise. */
export function backendNamed(text: string, shared: { threads?: number } = {}): Backend {
  const { name, options } = splitBackend(text);
  const names = manifests.map((manifest) => manifest.name);
  const manifest = manifests[names.indexOf(oneOf('backend', name, names))]!;
  const given = optionsFromTexts(`--backend ${name}`, options, manifest.options);
  return manifest.make({ ...('threads' in manifest.options && shared), ...given });
}
