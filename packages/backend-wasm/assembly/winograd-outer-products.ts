// Micro-kernels of the kernel's gradient: sums over tiles of a column of channels times a row of eight filters.
import { madd } from './simd';

/**
 * sums [6 channels][8 filters] += over `count` tiles a [6 channels] times b [8 filters]; `fresh` sums start from zero.
 * Strides are bytes: from tile to tile, and from channel to channel of the sums.
 */
// @ts-ignore: decorator
@inline export function accumulate6(
  a: usize, aStride: usize, b: usize, bStride: usize, count: i32, fresh: boolean, sums: usize, stride: usize,
): void {
  const s1 = sums + stride;
  const s2 = s1 + stride;
  const s3 = s2 + stride;
  const s4 = s3 + stride;
  const s5 = s4 + stride;
  let r00 = f32x4.splat(0);
  let r01 = r00;
  let r10 = r00;
  let r11 = r00;
  let r20 = r00;
  let r21 = r00;
  let r30 = r00;
  let r31 = r00;
  let r40 = r00;
  let r41 = r00;
  let r50 = r00;
  let r51 = r00;
  if (!fresh) {
    r00 = v128.load(sums);
    r01 = v128.load(sums, 16);
    r10 = v128.load(s1);
    r11 = v128.load(s1, 16);
    r20 = v128.load(s2);
    r21 = v128.load(s2, 16);
    r30 = v128.load(s3);
    r31 = v128.load(s3, 16);
    r40 = v128.load(s4);
    r41 = v128.load(s4, 16);
    r50 = v128.load(s5);
    r51 = v128.load(s5, 16);
  }
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let v = v128.load32_splat(a);
    r00 = madd(v, b0, r00);
    r01 = madd(v, b1, r01);
    v = v128.load32_splat(a, 4);
    r10 = madd(v, b0, r10);
    r11 = madd(v, b1, r11);
    v = v128.load32_splat(a, 8);
    r20 = madd(v, b0, r20);
    r21 = madd(v, b1, r21);
    v = v128.load32_splat(a, 12);
    r30 = madd(v, b0, r30);
    r31 = madd(v, b1, r31);
    v = v128.load32_splat(a, 16);
    r40 = madd(v, b0, r40);
    r41 = madd(v, b1, r41);
    v = v128.load32_splat(a, 20);
    r50 = madd(v, b0, r50);
    r51 = madd(v, b1, r51);
    a += aStride;
    b += bStride;
  } while (--count);
  v128.store(sums, r00);
  v128.store(sums, r01, 16);
  v128.store(s1, r10);
  v128.store(s1, r11, 16);
  v128.store(s2, r20);
  v128.store(s2, r21, 16);
  v128.store(s3, r30);
  v128.store(s3, r31, 16);
  v128.store(s4, r40);
  v128.store(s4, r41, 16);
  v128.store(s5, r50);
  v128.store(s5, r51, 16);
}

/** The same for 4 channels. */
// @ts-ignore: decorator
@inline export function accumulate4(
  a: usize, aStride: usize, b: usize, bStride: usize, count: i32, fresh: boolean, sums: usize, stride: usize,
): void {
  const s1 = sums + stride;
  const s2 = s1 + stride;
  const s3 = s2 + stride;
  let r00 = f32x4.splat(0);
  let r01 = r00;
  let r10 = r00;
  let r11 = r00;
  let r20 = r00;
  let r21 = r00;
  let r30 = r00;
  let r31 = r00;
  if (!fresh) {
    r00 = v128.load(sums);
    r01 = v128.load(sums, 16);
    r10 = v128.load(s1);
    r11 = v128.load(s1, 16);
    r20 = v128.load(s2);
    r21 = v128.load(s2, 16);
    r30 = v128.load(s3);
    r31 = v128.load(s3, 16);
  }
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let v = v128.load32_splat(a);
    r00 = madd(v, b0, r00);
    r01 = madd(v, b1, r01);
    v = v128.load32_splat(a, 4);
    r10 = madd(v, b0, r10);
    r11 = madd(v, b1, r11);
    v = v128.load32_splat(a, 8);
    r20 = madd(v, b0, r20);
    r21 = madd(v, b1, r21);
    v = v128.load32_splat(a, 12);
    r30 = madd(v, b0, r30);
    r31 = madd(v, b1, r31);
    a += aStride;
    b += bStride;
  } while (--count);
  v128.store(sums, r00);
  v128.store(sums, r01, 16);
  v128.store(s1, r10);
  v128.store(s1, r11, 16);
  v128.store(s2, r20);
  v128.store(s2, r21, 16);
  v128.store(s3, r30);
  v128.store(s3, r31, 16);
}
