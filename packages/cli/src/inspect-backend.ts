import { readFileSync } from 'node:fs';
import type { Availability } from '@striate/core';
import { backends, optional } from './backends.ts';

/** Whether a backend works here, and what it found. */
export type Inspection = Availability & {
  name: string;
  /** What else there is to know, a line each. */
  details: string[];
};

/** Looks whether a backend works in this process. Its native libraries stay loaded. */
export async function inspectBackend(name: string): Promise<Inspection> {
  const backend = await backends[name]!();
  const found = await backend.probe();
  return { name, ...found, details: (await details[name]?.()) ?? [] };
}

const details: Record<string, () => string[] | Promise<string[]>> = {
  onednn: () => [...loaded(/libdnnl/, 'STRIATE_ONEDNN'), ...instructionSets(), ...elsewhere()],
  webgpu: () => loaded(/dawn\.node/),
  tensorflow: async () => [
    ...loaded(/libtensorflow(_cc)?\.|tfjs_binding/, 'STRIATE_TENSORFLOW'),
    ...(await withoutNvidia()),
  ],
};

/** Why TensorFlow finds no NVIDIA GPU. */
async function withoutNvidia(): Promise<string[]> {
  const found = await optional(() => import('@striate/backend-tensorflow'));
  const gpu = await found?.tensorflow({ device: 'gpu' }).probe();
  return !gpu || gpu.available ? [] : [`on the GPU: no. ${gpu.reason} ${gpu.remedy}`];
}

/** The shared libraries with such a name that this process has loaded, and the variable that chose them. */
function loaded(name: RegExp, variable?: string): string[] {
  Object.assign(process.report, { excludeNetwork: true }); // else it looks up hosts, which takes seconds
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
  const origin = variable !== undefined && process.env[variable] ? `, from ${variable}` : '';
  return sharedObjects.filter((path) => name.test(path)).map((path) => `library: ${path}${origin}`);
}

/** Flags of /proc/cpuinfo, and what people call them. */
const flags = {
  avx2: 'AVX2',
  avx512f: 'AVX-512',
  avx512_bf16: 'AVX-512 bf16',
  avx512_fp16: 'AVX-512 fp16',
  amx_tile: 'AMX',
};

/** What the processor has of the instruction sets that oneDNN can use, where Linux tells. */
function instructionSets(): string[] {
  if (process.platform !== 'linux' || process.arch !== 'x64') return [];
  const words = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.trim().split(/\s+/) ?? [];
  const known = Object.entries(flags).filter(([flag]) => words.includes(flag));
  return [`the processor has: ${known.map(([, name]) => name).join(', ') || 'none of AVX2, AVX-512, AMX'}`];
}

function elsewhere(): string[] {
  if (process.platform === 'linux' && process.arch === 'x64') return [];
  return [
    process.platform === 'linux'
      ? `needed on ${process.arch}: oneDNN 3 built with OpenMP (cmake -DONEDNN_CPU_RUNTIME=OMP), and STRIATE_ONEDNN=/path/to/libdnnl.so.3`
      : 'needed: Linux; `striate setup onednn` has the library for x64. Elsewhere wasm works.',
  ];
}
