import { log, logOfOnePlus } from './math';
import { eightBlocks, wordArgument } from './random';
import { floatArgument, intArgument, madd, pointerArgument } from './simd';

// Box and Muller's method on four pairs of words at a time.
// Polynomials of sine and cosine: S. Moshier, Cephes Mathematical Library, single/sinf.c.

// @ts-ignore: decorator
@inline function number(value: f32): v128 {
  return f32x4.splat(value);
}

/** sqrt(-2 log((a + 1) / 2^32)) of unsigned words, to float32 precision for the smallest radii as well. */
// @ts-ignore: decorator
@inline function radius(a: v128): v128 {
  const far = log(f32x4.mul(f32x4.add(f32x4.convert_i32x4_u(a), number(1)), number(2.3283064365386963e-10)));
  // Near 1, by the distance from 1, which the not of a counts exactly.
  const distance = f32x4.mul(f32x4.convert_i32x4_u(v128.not(a)), number(-2.3283064365386963e-10));
  const near = logOfOnePlus(distance);
  const logarithm = v128.bitselect(near, far, f32x4.gt(distance, number(-0.25)));
  return f32x4.sqrt(f32x4.mul(logarithm, number(-2)));
}

/** Standard Gaussians of the eight words at `words`, in place. */
// @ts-ignore: decorator
@inline function gaussians(words: usize, mean: v128, deviation: v128): void {
  const low = v128.load(words);
  const high = v128.load(words, 16);
  const a = v128.shuffle<i32>(low, high, 0, 2, 4, 6);
  const b = v128.shuffle<i32>(low, high, 1, 3, 5, 7);
  const r = f32x4.mul(radius(a), deviation);
  // The nearest quarter of a turn, and what is left of it, at most an eighth.
  const quarter = i32x4.shr_u(i32x4.add(b, i32x4.splat(1 << 29)), 30);
  const rest = f32x4.convert_i32x4_s(i32x4.sub(b, i32x4.shl(quarter, 30)));
  const x = f32x4.mul(rest, number(1.4629180792671596e-9)); // 2 pi / 2^32
  const square = f32x4.mul(x, x);
  let c = madd(number(2.443315711809948e-5), square, number(-1.388731625493765e-3));
  c = madd(c, square, number(4.166664568298827e-2));
  c = madd(f32x4.mul(c, square), square, madd(square, number(-0.5), number(1)));
  let s = madd(number(-1.9515295891e-4), square, number(8.3321608736e-3));
  s = madd(s, square, number(-1.6666654611e-1));
  s = madd(f32x4.mul(s, square), x, x);
  // Odd quarters swap them; cosine is negative in quarters 1 and 2, sine in 2 and 3.
  const odd = i32x4.eq(v128.and(quarter, i32x4.splat(1)), i32x4.splat(1));
  const cosineSign = i32x4.shl(v128.and(i32x4.add(quarter, i32x4.splat(1)), i32x4.splat(2)), 30);
  const sineSign = i32x4.shl(v128.and(quarter, i32x4.splat(2)), 30);
  const cosine = v128.xor(v128.bitselect(s, c, odd), cosineSign);
  const sine = v128.xor(v128.bitselect(c, s, odd), sineSign);
  const first = f32x4.add(mean, f32x4.mul(r, cosine));
  const second = f32x4.add(mean, f32x4.mul(r, sine));
  v128.store(words, v128.shuffle<i32>(first, second, 0, 4, 1, 5));
  v128.store(words, v128.shuffle<i32>(first, second, 2, 6, 3, 7), 16);
}

/**
 * Gaussian numbers. args: y, samples, elements of a sample, chunks of a sample, elements of a chunk (a multiple of 32),
 * chunksPerItem, sampleOffset, seed, stream, call, step, mean, deviation; scratch 128 bytes
 */
export function randomNormal(args: usize, item: i32, scratch: usize): void {
  const length = <usize>intArgument(args, 2);
  const chunks = intArgument(args, 3);
  const chunkLength = <usize>intArgument(args, 4);
  const mean = number(floatArgument(args, 11));
  const deviation = number(floatArgument(args, 12));
  const first = item * intArgument(args, 5);
  const last = min(first + intArgument(args, 5), intArgument(args, 1) * chunks);
  for (let chunk = first; chunk < last; chunk++) {
    const n = chunk / chunks;
    const y = pointerArgument(args, 0) + <usize>n * length * 4;
    const begin = <usize>(chunk - n * chunks) * chunkLength;
    const end = min(begin + chunkLength, length);
    const sample = wordArgument(args, 6) + n;
    for (let e = begin; e < end; e += 32) {
      eightBlocks(scratch, <i32>(e >> 2), sample, args, 7);
      for (let i: usize = 0; i < 128; i += 32) gaussians(scratch + i, mean, deviation);
      memory.copy(y + (e << 2), scratch, min<usize>(end - e, 32) << 2);
    }
  }
}
