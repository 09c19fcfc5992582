import { madd } from './simd';
import { storeTile } from './store-tile';

/**
 * Eight channels at six pixels, each channel with a filter of its own:
 * target[pixel][channel] = bias + sum over taps of source[pixel + tap][channel] times the panel.
 * `places` holds six byte offsets from `source`, then six from `target`; `taps` the byte step from each tap to the
 * next. The panel holds eight biases, then eight weights for every tap.
 */
export function depthwiseTile(
  source: usize,
  target: usize,
  places: usize,
  panel: usize,
  taps: usize,
  tapCount: i32,
  relu: i32,
): void {
  let p0 = source + load<u32>(places);
  let p1 = source + load<u32>(places, 4);
  let p2 = source + load<u32>(places, 8);
  let p3 = source + load<u32>(places, 12);
  let p4 = source + load<u32>(places, 16);
  let p5 = source + load<u32>(places, 20);
  let r00 = v128.load(panel);
  let r01 = v128.load(panel, 16);
  let r10 = r00, r20 = r00, r30 = r00, r40 = r00, r50 = r00;
  let r11 = r01, r21 = r01, r31 = r01, r41 = r01, r51 = r01;
  const end = taps + (<usize>tapCount << 2);
  while (taps != end) {
    panel += 32;
    const w0 = v128.load(panel);
    const w1 = v128.load(panel, 16);
    r00 = madd(v128.load(p0), w0, r00);
    r01 = madd(v128.load(p0, 16), w1, r01);
    r10 = madd(v128.load(p1), w0, r10);
    r11 = madd(v128.load(p1, 16), w1, r11);
    r20 = madd(v128.load(p2), w0, r20);
    r21 = madd(v128.load(p2, 16), w1, r21);
    r30 = madd(v128.load(p3), w0, r30);
    r31 = madd(v128.load(p3, 16), w1, r31);
    r40 = madd(v128.load(p4), w0, r40);
    r41 = madd(v128.load(p4, 16), w1, r41);
    r50 = madd(v128.load(p5), w0, r50);
    r51 = madd(v128.load(p5, 16), w1, r51);
    const step = <usize>load<u32>(taps);
    taps += 4;
    p0 += step;
    p1 += step;
    p2 += step;
    p3 += step;
    p4 += step;
    p5 += step;
  }
  storeTile(target, places, relu, r00, r01, r10, r11, r20, r21, r30, r31, r40, r41, r50, r51);
}

/**
 * sums[tap][channel] += sum over pixels of x[pixel + tap][channel] * dz[pixel][channel], for six taps and eight
 * channels. `offsets` holds the taps' byte offsets from x, which moves by `step` bytes a pixel; dz is packed, 32 bytes
 * a pixel. A run is `length` pixels; `runs` holds the byte step from each run's end to the next.
 */
export function depthwiseGradientTile(
  x: usize,
  offsets: usize,
  dz: usize,
  sums: usize,
  runs: usize,
  runCount: i32,
  length: i32,
  step: usize,
): void {
  let p0 = x + load<u32>(offsets);
  let p1 = x + load<u32>(offsets, 4);
  let p2 = x + load<u32>(offsets, 8);
  let p3 = x + load<u32>(offsets, 12);
  let p4 = x + load<u32>(offsets, 16);
  let p5 = x + load<u32>(offsets, 20);
  let r00 = v128.load(sums), r01 = v128.load(sums, 16);
  let r10 = v128.load(sums, 32), r11 = v128.load(sums, 48);
  let r20 = v128.load(sums, 64), r21 = v128.load(sums, 80);
  let r30 = v128.load(sums, 96), r31 = v128.load(sums, 112);
  let r40 = v128.load(sums, 128), r41 = v128.load(sums, 144);
  let r50 = v128.load(sums, 160), r51 = v128.load(sums, 176);
  const runsEnd = runs + (<usize>runCount << 2);
  while (runs != runsEnd) {
    const end = dz + (<usize>length << 5);
    while (dz != end) {
      const d0 = v128.load(dz);
      const d1 = v128.load(dz, 16);
      dz += 32;
      r00 = madd(v128.load(p0), d0, r00);
      r01 = madd(v128.load(p0, 16), d1, r01);
      r10 = madd(v128.load(p1), d0, r10);
      r11 = madd(v128.load(p1, 16), d1, r11);
      r20 = madd(v128.load(p2), d0, r20);
      r21 = madd(v128.load(p2, 16), d1, r21);
      r30 = madd(v128.load(p3), d0, r30);
      r31 = madd(v128.load(p3, 16), d1, r31);
      r40 = madd(v128.load(p4), d0, r40);
      r41 = madd(v128.load(p4, 16), d1, r41);
      r50 = madd(v128.load(p5), d0, r50);
      r51 = madd(v128.load(p5, 16), d1, r51);
      p0 += step;
      p1 += step;
      p2 += step;
      p3 += step;
      p4 += step;
      p5 += step;
    }
    const runStep = <usize>load<u32>(runs);
    runs += 4;
    p0 += runStep;
    p1 += runStep;
    p2 += runStep;
    p3 += runStep;
    p4 += runStep;
    p5 += runStep;
  }
  v128.store(sums, r00);
  v128.store(sums, r01, 16);
  v128.store(sums, r10, 32);
  v128.store(sums, r11, 48);
  v128.store(sums, r20, 64);
  v128.store(sums, r21, 80);
  v128.store(sums, r30, 96);
  v128.store(sums, r31, 112);
  v128.store(sums, r40, 128);
  v128.store(sums, r41, 144);
  v128.store(sums, r50, 160);
  v128.store(sums, r51, 176);
}
