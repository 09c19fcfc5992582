// The micro-kernel of the convolution: six tiles times eight filters.
// Not unrolled by hand: the optimizer would join an accumulator's steps into one chain and spill the others.
import { madd } from './simd';

/** to [6 tiles][8 filters] = a [6 tiles][channels] times the panel b [channels][8]. `pixel` is the bytes of a tile's channels. */
// @ts-ignore: decorator
@inline export function multiply(a: usize, pixel: usize, b: usize, to: usize): void {
  let r00 = f32x4.splat(0);
  let r01 = r00, r10 = r00, r11 = r00, r20 = r00, r21 = r00;
  let r30 = r00, r31 = r00, r40 = r00, r41 = r00, r50 = r00, r51 = r00;
  let a0 = a;
  let a1 = a0 + pixel;
  let a2 = a1 + pixel;
  let a3 = a2 + pixel;
  let a4 = a3 + pixel;
  let a5 = a4 + pixel;
  const end = a1;
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let v = v128.load32_splat(a0);
    r00 = madd(v, b0, r00);
    r01 = madd(v, b1, r01);
    v = v128.load32_splat(a1);
    r10 = madd(v, b0, r10);
    r11 = madd(v, b1, r11);
    v = v128.load32_splat(a2);
    r20 = madd(v, b0, r20);
    r21 = madd(v, b1, r21);
    v = v128.load32_splat(a3);
    r30 = madd(v, b0, r30);
    r31 = madd(v, b1, r31);
    v = v128.load32_splat(a4);
    r40 = madd(v, b0, r40);
    r41 = madd(v, b1, r41);
    v = v128.load32_splat(a5);
    r50 = madd(v, b0, r50);
    r51 = madd(v, b1, r51);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    a4 += 4;
    a5 += 4;
    b += 32;
  } while (a0 != end);
  v128.store(to, r00);
  v128.store(to, r01, 16);
  v128.store(to, r10, 32);
  v128.store(to, r11, 48);
  v128.store(to, r20, 64);
  v128.store(to, r21, 80);
  v128.store(to, r30, 96);
  v128.store(to, r31, 112);
  v128.store(to, r40, 128);
  v128.store(to, r41, 144);
  v128.store(to, r50, 160);
  v128.store(to, r51, 176);
}
