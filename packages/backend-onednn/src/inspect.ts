import { readFileSync } from 'node:fs';

/** What there is to tell of a machine, for oneDNN. */
export const inspect = async (): Promise<string[]> => [...instructionSets(), ...elsewhere()];

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
      : 'needed: Linux; `npx striate setup onednn` has the library for x64. Elsewhere wasm works.',
  ];
}
