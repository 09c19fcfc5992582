import { sizeOf, type ops } from '@striate/core';
import { philoxModule } from './philox-module.ts';

interface Philox {
  memory: WebAssembly.Memory;
  keep(
    target: number,
    end: number,
    sample: number,
    call: number,
    step: number,
    seed: number,
    stream: number,
    threshold: number,
  ): void;
}

const bytesOfPage = 65536;

let philox: Philox | undefined;

/** Which elements of a tensor [N, ...] dropout keeps, 1 or 0: those whose random bits are at least rate 2^32. */
export function keptElements(
  [samples = 1, ...rest]: readonly number[],
  { rate, sampleOffset, seed, stream, call, step }: ops.DropoutAttributes,
): Uint8Array {
  // What the module exports is what philox-module.ts says.
  philox ??= new WebAssembly.Instance(new WebAssembly.Module(philoxModule)).exports as unknown as Philox;
  const { memory, keep } = philox;
  const threshold = Math.floor(rate * 2 ** 32);
  const length = sizeOf(rest);
  const missing = length + 3 - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / bytesOfPage));
  const ofSample = new Uint8Array(memory.buffer, 0, length);
  const kept = new Uint8Array(samples * length);
  for (let sample = 0; sample < samples; sample++) {
    keep(0, length, sampleOffset + sample, call, step, seed, stream, threshold);
    kept.set(ofSample, sample * length);
  }
  return kept;
}
