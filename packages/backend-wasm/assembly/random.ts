import { floatArgument, intArgument, pointerArgument } from './simd';

// Philox-4x32-10 (Salmon et al. 2011): eight blocks at a time, one in each lane of two vectors. An element at place e of its sample
// takes word e & 3 of block e >> 2.

/** The high words of the products of four 32-bit numbers with one. */
// @ts-ignore: decorator
@inline function high(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b), 1, 3, 5, 7);
}

/** Writes the 32 words of blocks `block` to `block + 7`. args from `place`: seed, stream, call, step */
// @ts-ignore: decorator
@inline export function eightBlocks(target: usize, block: i32, sample: i32, args: usize, place: i32): void {
  // By way of memory: V8 builds vector constants anew in every round, which took 40% of the time.
  store<u32>(target, 0xd2511f53);
  store<u32>(target, 0xcd9e8d57, 4);
  store<u32>(target, 0x9e3779b9, 8);
  store<u32>(target, 0xbb67ae85, 12);
  const multiplier0 = v128.load32_splat(target);
  const multiplier1 = v128.load32_splat(target, 4);
  const weyl0 = v128.load32_splat(target, 8);
  const weyl1 = v128.load32_splat(target, 12);
  let key0 = i32x4.splat(wordArgument(args, place));
  let key1 = i32x4.splat(wordArgument(args, place + 1));
  // Two groups of four side by side: while one waits for its products, the other computes.
  let a0 = i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3));
  let a1 = i32x4.add(i32x4.splat(block), i32x4(4, 5, 6, 7));
  let b0 = i32x4.splat(sample);
  let b1 = b0;
  let c0 = i32x4.splat(wordArgument(args, place + 2));
  let c1 = c0;
  let d0 = i32x4.splat(wordArgument(args, place + 3));
  let d1 = d0;
  for (let round = 0; round < 10; round++) {
    const nextA0 = v128.xor(v128.xor(high(multiplier1, c0), b0), key0);
    const nextA1 = v128.xor(v128.xor(high(multiplier1, c1), b1), key0);
    const nextC0 = v128.xor(v128.xor(high(multiplier0, a0), d0), key1);
    const nextC1 = v128.xor(v128.xor(high(multiplier0, a1), d1), key1);
    b0 = i32x4.mul(multiplier1, c0);
    b1 = i32x4.mul(multiplier1, c1);
    d0 = i32x4.mul(multiplier0, a0);
    d1 = i32x4.mul(multiplier0, a1);
    a0 = nextA0;
    a1 = nextA1;
    c0 = nextC0;
    c1 = nextC1;
    key0 = i32x4.add(key0, weyl0);
    key1 = i32x4.add(key1, weyl1);
  }
  storeTransposed(target, a0, b0, c0, d0);
  storeTransposed(target + 64, a1, b1, c1, d1);
}

/** A block's words lie in one lane each: stored, they lie side by side. */
// @ts-ignore: decorator
@inline function storeTransposed(target: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(target, v128.shuffle<i64>(ab, cd, 1, 3), 16);
  v128.store(target, v128.shuffle<i64>(abHigh, cdHigh, 0, 2), 32);
  v128.store(target, v128.shuffle<i64>(abHigh, cdHigh, 1, 3), 48);
}

// Through i64, since an unsigned word may exceed i32.
// @ts-ignore: decorator
@inline export function wordArgument(args: usize, index: i32): i32 {
  return <i32>(<i64>load<f64>(args + (<usize>index << 3)));
}

/**
 * Random bits. args: y, samples, elements of a sample, chunks of a sample, elements of a chunk (a multiple of 32),
 * chunksPerItem, sampleOffset, seed, stream, call, step; scratch 128 bytes
 */
export function randomBits(args: usize, item: i32, scratch: usize): void {
  const length = <usize>intArgument(args, 2);
  const chunks = intArgument(args, 3);
  const chunkLength = <usize>intArgument(args, 4);
  const first = item * intArgument(args, 5);
  const last = min(first + intArgument(args, 5), intArgument(args, 1) * chunks);
  for (let chunk = first; chunk < last; chunk++) {
    const n = chunk / chunks;
    const y = pointerArgument(args, 0) + <usize>n * length * 4;
    const begin = <usize>(chunk - n * chunks) * chunkLength;
    const end = min(begin + chunkLength, length);
    const sample = wordArgument(args, 6) + n;
    for (let e = begin; e < end; e += 32) {
      const whole = e + 32 <= end;
      eightBlocks(whole ? y + (e << 2) : scratch, <i32>(e >> 2), sample, args, 7);
      if (!whole) memory.copy(y + (e << 2), scratch, (end - e) << 2);
    }
  }
}

/**
 * y = bits >= threshold ? x * scale + shift : replacement. args: y, samples, elements of a sample, chunks of a sample,
 * elements of a chunk (a multiple of 32), chunksPerItem, sampleOffset, seed, stream, call, step, x, threshold, scale,
 * shift, replacement; scratch 256 bytes
 */
export function dropout(args: usize, item: i32, scratch: usize): void {
  const length = <usize>intArgument(args, 2);
  const chunks = intArgument(args, 3);
  const chunkLength = <usize>intArgument(args, 4);
  const threshold = i32x4.splat(wordArgument(args, 12));
  const scale = f32x4.splat(floatArgument(args, 13));
  const shift = f32x4.splat(floatArgument(args, 14));
  const replacement = f32x4.splat(floatArgument(args, 15));
  const first = item * intArgument(args, 5);
  const last = min(first + intArgument(args, 5), intArgument(args, 1) * chunks);
  for (let chunk = first; chunk < last; chunk++) {
    const n = chunk / chunks;
    const x = pointerArgument(args, 11) + <usize>n * length * 4;
    const y = pointerArgument(args, 0) + <usize>n * length * 4;
    const begin = <usize>(chunk - n * chunks) * chunkLength;
    const end = min(begin + chunkLength, length);
    const sample = wordArgument(args, 6) + n;
    for (let e = begin; e < end; e += 32) {
      eightBlocks(scratch, <i32>(e >> 2), sample, args, 7);
      const whole = e + 32 <= end;
      const target = whole ? y + (e << 2) : scratch + 128;
      // Only 4 elements at a time may be read beyond the end.
      const count: usize = whole ? 128 : (((end - e) << 2) + 15) & ~<usize>15;
      for (let i: usize = 0; i < count; i += 16) {
        const kept = i32x4.ge_u(v128.load(scratch + i), threshold);
        // Two roundings, as everywhere: the bits must not depend on the build.
        const value = f32x4.add(f32x4.mul(v128.load(x + (e << 2) + i), scale), shift);
        v128.store(target + i, v128.bitselect(value, replacement, kept));
      }
      if (!whole) memory.copy(y + (e << 2), target, (end - e) << 2);
    }
  }
}
