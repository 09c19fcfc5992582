// For tests of kernels: const backend = await startForTest({ kernels: [scale], threads: 2 }); ... await backend.stop();
// STRIATE_WASM_BUILDS=FOLDER takes the builds that `generate.ts --out FOLDER` wrote, instead of those of src/generated.
import { env } from '@tensorflow/tfjs-core';
import { use } from '@striate/core';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileBase64, type Build } from './build.ts';
import type { Kernel } from './kernel.ts';
import { metadataKernels } from './kernels/metadata.ts';
import type { WasmOptions } from './options.ts';
import { createWhole } from './wasm.ts';
import type { WasmBackend } from './create-wasm.ts';

/** Starts a backend with some kernels only, and makes it the engine's. Stock kernels stand in for the others. */
export async function startForTest({
  kernels,
  ...options
}: WasmOptions & { kernels: readonly Kernel[] }): Promise<WasmBackend> {
  env().set('IS_TEST', true); // the engine then throws where a kernel leaves a tensor behind
  const folder = process.env['STRIATE_WASM_BUILDS'];
  const compile = async ({ simd, memory }: Build): Promise<WebAssembly.Module> => {
    const file = pathToFileURL(join(folder ?? '', `${simd}-${memory}.ts`)).href;
    const { default: base64 } = (await import(/* @vite-ignore */ file)) as { default: string };
    return compileBase64(base64);
  };
  const parts = { kernels: [...metadataKernels, ...kernels], ...(folder && { compile }) };
  const backend = createWhole({ threads: 2, ...options }, parts);
  await use(backend);
  return backend;
}
