import type { ops } from '@striate/core/backend';
import type { Uniform } from '../../kernel.ts';

/** The uniforms that {@link philoxCode} reads. */
export function philoxUniforms({ seed, stream, call, step, sampleOffset }: ops.RandomSource): Record<string, Uniform> {
  const word = (value: number): Uniform => ({ type: 'u32', value });
  return {
    seed: word(seed),
    stream: word(stream),
    call: word(call),
    step: word(step),
    sampleOffset: word(sampleOffset),
  };
}

/**
 * WGSL: `randomBlock(sample, block)` gives words 4 block to 4 block + 3 of a sample of the batch, so that the bits of the
 * element at place e of the sample are `randomBlock(sample, e >> 2)[e & 3]`, or `randomWord(sample, e)` for short.
 * Philox-4x32-10, the same words as `randomBits` of @striate/core gives.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011 (Random123).
 */
export const philoxCode = `
// The upper 32 bits of the 64-bit product, from four 16 x 16 bit products.
fn multiplyHigh(a: u32, b: u32) -> u32 {
  let aLow = a & 0xffffu;
  let aHigh = a >> 16u;
  let bLow = b & 0xffffu;
  let bHigh = b >> 16u;
  let lowHigh = aLow * bHigh;
  let highLow = aHigh * bLow;
  let carry = (((aLow * bLow) >> 16u) + (lowHigh & 0xffffu) + (highLow & 0xffffu)) >> 16u;
  return aHigh * bHigh + (lowHigh >> 16u) + (highLow >> 16u) + carry;
}

fn philox(first: vec4u, firstKey: vec2u) -> vec4u {
  var counter = first;
  var key = firstKey;
  for (var round = 0u; round < 10u; round++) {
    let high0 = multiplyHigh(0xd2511f53u, counter.x);
    let high1 = multiplyHigh(0xcd9e8d57u, counter.z);
    let low0 = 0xd2511f53u * counter.x;
    let low1 = 0xcd9e8d57u * counter.z;
    counter = vec4u(high1 ^ counter.y ^ key.x, low1, high0 ^ counter.w ^ key.y, low0);
    key += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return counter;
}

fn randomBlock(sample: u32, block: u32) -> vec4u {
  let counter = vec4u(block, uniforms.sampleOffset + sample, uniforms.call, uniforms.step);
  return philox(counter, vec2u(uniforms.seed, uniforms.stream));
}

fn randomWord(sample: u32, element: u32) -> u32 {
  return randomBlock(sample, element >> 2u)[element & 3u];
}
`;
