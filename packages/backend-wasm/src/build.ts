import { relaxedSimd, simd as plainSimd } from 'wasm-feature-detect';
import { BackendError } from '@striate/core';

/** One of the four builds of the kernels. */
export interface Build {
  simd: 'relaxed' | 'plain';
  memory: 'shared' | 'unshared';
}

export interface BuildOptions {
  simd: 'auto' | Build['simd'];
  memory: 'auto' | Build['memory'];
  threads: number;
}

/** The build that fits the options and this machine; says so if there is none. */
export async function chooseBuild({ simd, memory, threads }: BuildOptions): Promise<Build> {
  if (!(await plainSimd())) {
    throw new BackendError('wasm: this runtime has no WebAssembly SIMD. Use Node 22 or a browser from 2023 on.');
  }
  const hasRelaxed = await relaxedSimd();
  if (simd === 'relaxed' && !hasRelaxed) {
    throw new BackendError("wasm: simd is 'relaxed', but this runtime has no relaxed SIMD. Use 'auto' or 'plain'.");
  }
  const hasShared = sharedMemoryWorks();
  if (memory === 'shared' && !hasShared) {
    throw new BackendError(
      "wasm: memory is 'shared', but this page may not use SharedArrayBuffer. Serve it with the headers " +
        "'Cross-Origin-Opener-Policy: same-origin' and 'Cross-Origin-Embedder-Policy: require-corp', or use 'auto'.",
    );
  }
  const wantsShared = memory === 'shared' || (memory === 'auto' && threads > 1);
  return {
    simd: simd === 'auto' ? (hasRelaxed ? 'relaxed' : 'plain') : simd,
    memory: wantsShared && hasShared ? 'shared' : 'unshared',
  };
}

/** Whether WebAssembly memory can be shared here: in a browser only on a cross-origin isolated page. */
export function sharedMemoryWorks(): boolean {
  try {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    return typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  } catch {
    return false;
  }
}

/** Loads and compiles one build; the others are never fetched. */
export async function compileBuild(build: Build): Promise<WebAssembly.Module> {
  const { default: base64 } = await loaders[`${build.simd}-${build.memory}`]();
  return compileBase64(base64);
}

/** Compiles what scripts/generate.ts wrote. */
export function compileBase64(base64: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}

type Loader = () => Promise<{ default: string }>;

const loaders: Record<`${Build['simd']}-${Build['memory']}`, Loader> = {
  'relaxed-shared': () => import('./generated/relaxed-shared.ts'),
  'relaxed-unshared': () => import('./generated/relaxed-unshared.ts'),
  'plain-shared': () => import('./generated/plain-shared.ts'),
  'plain-unshared': () => import('./generated/plain-unshared.ts'),
};
