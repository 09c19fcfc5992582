import { relaxedSimd, simd as plainSimd } from 'wasm-feature-detect';
import { BackendError } from '@striate/core';
import type { CompiledModule } from './linear-memory.ts';

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

/** Why no build works here, and what would mend it. */
export interface Missing {
  reason: string;
  remedy: string;
}

/**
 * The build that fits the options and this machine.
 *
 * @throws {BackendError} if there is none: why, and what would mend it.
 */
export async function chooseBuild(options: BuildOptions): Promise<Build> {
  const found = await findBuild(options);
  if ('reason' in found) throw new BackendError(`wasm: ${found.reason} ${found.remedy}`);
  return found;
}

/** The build that fits the options and this machine, or why there is none. */
export async function findBuild({ simd, memory, threads }: BuildOptions): Promise<Build | Missing> {
  if (typeof WebAssembly === 'undefined') return noWebAssembly;
  if (!(await plainSimd())) return noSimd;
  if (!(await compilingIsAllowed())) return noCompiling;
  const hasRelaxed = await relaxedSimd();
  if (simd === 'relaxed' && !hasRelaxed) return noRelaxed;
  const hasShared = sharedMemoryWorks();
  if (memory === 'shared' && !hasShared) return noShared;
  const wantsShared = memory === 'shared' || (memory === 'auto' && threads > 1);
  return {
    simd: simd === 'auto' ? (hasRelaxed ? 'relaxed' : 'plain') : simd,
    memory: wantsShared && hasShared ? 'shared' : 'unshared',
  };
}

const noWebAssembly: Missing = {
  reason: 'this runtime has no WebAssembly, as where a browser is in a locked-down mode.',
  remedy: 'Let this page use it in the settings of the browser, or use another one.',
};

const noSimd: Missing = {
  reason: 'this runtime has no WebAssembly SIMD.',
  remedy: 'Use Node 22 or a browser from 2023 on.',
};

const noCompiling: Missing = {
  reason: "this page's content security policy does not let WebAssembly compile.",
  remedy: "Add 'wasm-unsafe-eval' to its script-src.",
};

const noRelaxed: Missing = {
  reason: "simd is 'relaxed', but this runtime has no relaxed SIMD.",
  remedy: "Use 'auto' or 'plain'.",
};

const noShared: Missing = {
  reason: "memory is 'shared', but this page may not use SharedArrayBuffer.",
  remedy:
    "Serve it with the headers 'Cross-Origin-Opener-Policy: same-origin' and " +
    "'Cross-Origin-Embedder-Policy: require-corp', or use 'auto'.",
};

/** Whether the page's policy lets modules compile: the smallest there is shows it. */
async function compilingIsAllowed(): Promise<boolean> {
  const smallest = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  return WebAssembly.compile(smallest).then(
    () => true,
    () => false,
  );
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
export async function compileBuild(build: Build): Promise<CompiledModule> {
  const { default: base64 } = await loaders[`${build.simd}-${build.memory}`]();
  return compileBase64(base64);
}

/** Compiles what scripts/generate.ts wrote. */
export function compileBase64(base64: string): Promise<CompiledModule> {
  return WebAssembly.compile(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}

type Loader = () => Promise<{ default: string }>;

const loaders: Record<`${Build['simd']}-${Build['memory']}`, Loader> = {
  'relaxed-shared': () => import('./generated/relaxed-shared.ts'),
  'relaxed-unshared': () => import('./generated/relaxed-unshared.ts'),
  'plain-shared': () => import('./generated/plain-shared.ts'),
  'plain-unshared': () => import('./generated/plain-unshared.ts'),
};
