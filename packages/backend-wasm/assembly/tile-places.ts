/**
 * Writes, for each tile of six pixels, six byte offsets from the source's base and six from the target's.
 * The last tile's missing pixels repeat the last source; returns how many pixels it has, 0 if it is whole.
 */
export function writePlaces(
  places: usize,
  images: i32,
  rows: i32,
  columns: i32,
  sourceImage: usize,
  sourceRow: usize,
  sourcePixel: usize,
  targetImage: usize,
  targetRow: usize,
  targetPixel: usize,
): i32 {
  let place = places;
  let slot = 0;
  for (let n = 0; n < images; n++) {
    for (let row = 0; row < rows; row++) {
      let from = <usize>n * sourceImage + <usize>row * sourceRow;
      let to = <usize>n * targetImage + <usize>row * targetRow;
      for (let column = 0; column < columns; column++) {
        store<u32>(place, <u32>from);
        store<u32>(place, <u32>to, 24);
        from += sourcePixel;
        to += targetPixel;
        place += 4;
        if (++slot == 6) {
          slot = 0;
          place += 24;
        }
      }
    }
  }
  if (slot) {
    const repeated = load<u32>(place - 4);
    for (let i = slot; i < 6; i++, place += 4) store<u32>(place, repeated);
  }
  return slot;
}

/** Places of one tile whose target is a buffer, [pixel][8 filters]; `target` is what the offsets count from. */
export function writeBufferPlaces(places: usize, tile: usize, buffer: usize, target: usize): void {
  for (let i: usize = 0; i < 24; i += 4) {
    store<u32>(places + i, load<u32>(tile + i));
    store<u32>(places + i, <u32>(buffer - target + (i << 3)), 24);
  }
}

/** Copies the real part of a buffered tile, some filters of some pixels, to where the tile belongs. */
export function copyBuffer(buffer: usize, tile: usize, target: usize, pixels: i32, filters: i32): void {
  for (let i = 0; i < pixels; i++) {
    const to = target + load<u32>(tile + (<usize>i << 2), 24);
    const from = buffer + (<usize>i << 5);
    for (let f = 0; f < filters; f++) f32.store(to + (<usize>f << 2), f32.load(from + (<usize>f << 2)));
  }
}
