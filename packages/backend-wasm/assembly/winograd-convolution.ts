import { intArgument, madd, pointerArgument } from './simd';
import { HALF_BYTES, transformTile } from './winograd-pixels';
import { multiply } from './winograd-products';
import { held, transformProducts } from './winograd-transforms';

// @ts-ignore: decorator
@inline const TILES: i32 = 6; // of a micro-kernel

/** Product 7 belongs to the points (1, 1): what is added there is added to all 16 outputs of a tile. */
// @ts-ignore: decorator
@inline function addBias(products: usize, bias: usize, half: boolean): void {
  const bias0 = v128.load(bias);
  const bias1 = half ? bias0 : v128.load(bias, 16);
  for (let p = products; p < products + 192; p += 32) {
    v128.store(p, f32x4.add(v128.load(p), bias0));
    v128.store(p, f32x4.add(v128.load(p, 16), bias1), 16);
  }
}

/** A^T m A of four filters of one tile: 36 vectors 192 bytes apart to `rows` x `columns` outputs. */
// @ts-ignore: decorator
@inline function storeOutputs(
  m: usize, two: v128, four: v128, eight: v128, lowest: v128,
  half: usize, y: usize, line: usize, pixel: usize, rows: i32, columns: i32,
): void {
  for (let j: usize = 0; j < 96; j += 16) {
    transformProducts(
      v128.load(m),
      v128.load(m, 1152),
      v128.load(m, 2304),
      v128.load(m, 3456),
      v128.load(m, 4608),
      v128.load(m, 5760),
      two,
      four,
      eight,
      half + j,
      96,
    );
    m += 192;
  }
  for (let i = 0; i < rows; i++) {
    const m0 = v128.load(half), m1 = v128.load(half, 16), m2 = v128.load(half, 32);
    const m3 = v128.load(half, 48), m4 = v128.load(half, 64), m5 = v128.load(half, 80);
    const even = f32x4.add(m1, m2);
    const odd = f32x4.sub(m1, m2);
    const even2 = f32x4.add(m3, m4);
    const odd2 = f32x4.sub(m3, m4);
    let p = y;
    v128.store(p, f32x4.pmax(f32x4.add(f32x4.add(m0, even), even2), lowest));
    p += pixel;
    if (columns > 1) {
      v128.store(p, f32x4.pmax(madd(two, odd2, odd), lowest));
      p += pixel;
      if (columns > 2) {
        v128.store(p, f32x4.pmax(madd(four, even2, even), lowest));
        p += pixel;
        if (columns > 3) v128.store(p, f32x4.pmax(madd(eight, odd2, f32x4.add(odd, m5)), lowest));
      }
    }
    half += 96;
    y += line;
  }
}

/**
 * Winograd convolution of a range of 4x4 output tiles and a range of filters: y = act(conv(x, kernel) + bias).
 * args: x, mask, panels, bias, y, tiles, tiles of an item, filters of an item (a multiple of 8), height, width, channels,
 * output height, output width, filters, top, left, relu
 */
export function winogradConvolution(args: usize, item: i32, scratch: usize): void {
  const x = pointerArgument(args, 0);
  const mask = pointerArgument(args, 1);
  const panels = pointerArgument(args, 2);
  const bias = pointerArgument(args, 3);
  const y = pointerArgument(args, 4);
  const tiles = intArgument(args, 5);
  const itemTiles = intArgument(args, 6);
  const itemFilters = intArgument(args, 7);
  const height = intArgument(args, 8);
  const width = intArgument(args, 9);
  const channels = intArgument(args, 10);
  const outputHeight = intArgument(args, 11);
  const outputWidth = intArgument(args, 12);
  const filters = intArgument(args, 13);
  const top = intArgument(args, 14);
  const left = intArgument(args, 15);
  const relu = intArgument(args, 16) != 0;

  const pixel = <usize>channels << 2;
  const outputPixel = <usize>filters << 2;
  const line = <usize>outputWidth * outputPixel;
  const image = <usize>(height * width) * pixel;
  const tileColumns = (outputWidth + 3) >> 2;
  const imageTiles = ((outputHeight + 3) >> 2) * tileColumns;
  const filterRanges = (filters + itemFilters - 1) / itemFilters;
  const first = item / filterRanges * itemTiles;
  const firstFilter = (item % filterRanges) * itemFilters;
  const lastFilter = min(filters, firstFilter + itemFilters);
  const count = min(itemTiles, tiles - first);

  // 64 bytes more than the rows take, so that the 36 do not fall on the same cache sets.
  const stride = pixel * TILES + 64;
  const panelStride = (<usize>channels << 5) + 64;
  const half = scratch;
  const lowest = held(relu ? 0 : -Infinity, half);
  const two = held(2, half);
  const four = held(4, half);
  const eight = held(8, half);
  const products = half + HALF_BYTES;
  const places = products + 6912;
  const zeros = places + (<usize>itemTiles << 4);
  const transformed = zeros + 6 * pixel;
  memory.fill(zeros, 0, 6 * pixel);

  const padded = (count + 5) / TILES * TILES;
  for (let t = 0; t < padded; t++) {
    const tile = first + min(t, count - 1);
    const n = tile / imageTiles;
    const rest = tile % imageTiles;
    const row = (rest / tileColumns) << 2;
    const column = (rest % tileColumns) << 2;
    const place = places + (<usize>t << 4);
    const index = (n * outputHeight + row) * outputWidth + column;
    store<usize>(place, y + <usize>index * outputPixel);
    store<i32>(place, min(4, outputHeight - row), 4);
    store<i32>(place, min(4, outputWidth - column), 8);
    transformTile(
      x + <usize>n * image,
      mask == 0 ? 0 : mask + <usize>n * image,
      height,
      width,
      channels,
      row - top,
      column - left,
      zeros,
      half,
      transformed + <usize>(t / TILES) * 36 * stride + <usize>(t % TILES) * pixel,
      stride,
    );
  }

  for (let f = firstFilter; f < lastFilter; f += 8) {
    const last = f + 4 == filters;
    const panel = panels + <usize>(f >> 3) * 36 * panelStride;
    for (let t = 0; t < count; t += TILES) {
      let a = transformed + <usize>(t / TILES) * 36 * stride;
      let b = panel;
      let to = products;
      for (let k = 0; k < 36; k++) {
        multiply(a, pixel, b, to);
        a += stride;
        b += panelStride;
        to += 192;
      }
      if (bias != 0) addBias(products + 7 * 192, bias + (<usize>f << 2), last);
      const end = min(t + TILES, count);
      for (let r = t; r < end; r++) {
        const place = places + (<usize>r << 4);
        const p = load<usize>(place) + (<usize>f << 2);
        const rows = load<i32>(place, 4);
        const columns = load<i32>(place, 8);
        const m = products + (<usize>(r - t) << 5);
        storeOutputs(m, two, four, eight, lowest, half, p, line, outputPixel, rows, columns);
        if (!last) storeOutputs(m + 16, two, four, eight, lowest, half, p + 16, line, outputPixel, rows, columns);
      }
    }
  }
}
