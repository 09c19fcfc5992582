import { madd } from './simd';

/**
 * sums[row][filter] += sum over pixels of x[pixel][row] * dz[pixel][filter], for twice three rows and eight filters.
 * The rows are three consecutive floats at `first` and three at `second`, which move by `step` bytes a pixel;
 * dz is packed, 32 bytes a pixel. A run is `length` pixels; `runs` holds the byte step from each run's end to the next.
 */
export function outerProductTile(
  first: usize,
  second: usize,
  dz: usize,
  sums: usize,
  runs: usize,
  runCount: i32,
  length: i32,
  step: usize,
): void {
  let r00 = v128.load(sums), r01 = v128.load(sums, 16);
  let r10 = v128.load(sums, 32), r11 = v128.load(sums, 48);
  let r20 = v128.load(sums, 64), r21 = v128.load(sums, 80);
  let r30 = v128.load(sums, 96), r31 = v128.load(sums, 112);
  let r40 = v128.load(sums, 128), r41 = v128.load(sums, 144);
  let r50 = v128.load(sums, 160), r51 = v128.load(sums, 176);
  const runsEnd = runs + (<usize>runCount << 2);
  const dzStep = <usize>length << 5;
  while (runs != runsEnd) {
    const end = dz + dzStep;
    while (dz != end) {
      const d0 = v128.load(dz);
      const d1 = v128.load(dz, 16);
      dz += 32;
      let x = v128.load32_splat(first);
      r00 = madd(x, d0, r00);
      r01 = madd(x, d1, r01);
      x = v128.load32_splat(first, 4);
      r10 = madd(x, d0, r10);
      r11 = madd(x, d1, r11);
      x = v128.load32_splat(first, 8);
      r20 = madd(x, d0, r20);
      r21 = madd(x, d1, r21);
      x = v128.load32_splat(second);
      r30 = madd(x, d0, r30);
      r31 = madd(x, d1, r31);
      x = v128.load32_splat(second, 4);
      r40 = madd(x, d0, r40);
      r41 = madd(x, d1, r41);
      x = v128.load32_splat(second, 8);
      r50 = madd(x, d0, r50);
      r51 = madd(x, d1, r51);
      first += step;
      second += step;
    }
    const runStep = <usize>load<u32>(runs);
    runs += 4;
    first += runStep;
    second += runStep;
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
