import { madd } from './simd';
import { storeTile } from './store-tile';

/**
 * Eight filters at six pixels: target[pixel][filter] = bias + sum over the pixel's runs of floats times the panel.
 * `places` holds six byte offsets from `source`, then six from `target`. A run is `length` consecutive floats;
 * `runs` holds the byte step from the end of each run to the start of the next.
 * The panel holds eight biases, then eight weights for every float of the runs.
 */
export function productTile(
  source: usize,
  target: usize,
  places: usize,
  panel: usize,
  runs: usize,
  runCount: i32,
  length: i32,
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
  panel += 32;
  const runsEnd = runs + (<usize>runCount << 2);
  const panelStep = <usize>length << 5;
  while (runs != runsEnd) {
    const end = panel + panelStep;
    while (panel != end) {
      const w0 = v128.load(panel);
      const w1 = v128.load(panel, 16);
      panel += 32;
      let x = v128.load32_splat(p0);
      r00 = madd(x, w0, r00);
      r01 = madd(x, w1, r01);
      x = v128.load32_splat(p1);
      r10 = madd(x, w0, r10);
      r11 = madd(x, w1, r11);
      x = v128.load32_splat(p2);
      r20 = madd(x, w0, r20);
      r21 = madd(x, w1, r21);
      x = v128.load32_splat(p3);
      r30 = madd(x, w0, r30);
      r31 = madd(x, w1, r31);
      x = v128.load32_splat(p4);
      r40 = madd(x, w0, r40);
      r41 = madd(x, w1, r41);
      x = v128.load32_splat(p5);
      r50 = madd(x, w0, r50);
      r51 = madd(x, w1, r51);
      p0 += 4;
      p1 += 4;
      p2 += 4;
      p3 += 4;
      p4 += 4;
      p5 += 4;
    }
    const step = <usize>load<u32>(runs);
    runs += 4;
    p0 += step;
    p1 += step;
    p2 += step;
    p3 += step;
    p4 += step;
    p5 += step;
  }
  storeTile(target, places, relu, r00, r01, r10, r11, r20, r21, r30, r31, r40, r41, r50, r51);
}
