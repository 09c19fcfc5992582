import { intArgument, pointerArgument } from './simd';

/**
 * Adds the chunks' partial sums in order and writes some rows of dKernel [rows][filters of all groups], item 0 dBias too.
 * args: partials, biasPartials, dKernel, dBias, chunks, panels of all groups, panels of a group, filters of a group,
 * segments, floats of a segment (depthwise: 1, taps), rows of an item
 */
export function addKernelGradients(args: usize, item: i32, scratch: usize): void {
  const partials = pointerArgument(args, 0);
  const biasPartials = pointerArgument(args, 1);
  const dKernel = pointerArgument(args, 2);
  const dBias = pointerArgument(args, 3);
  const chunks = intArgument(args, 4);
  const panels = intArgument(args, 5);
  const panelsOfGroup = intArgument(args, 6);
  const filters = intArgument(args, 7);
  const segments = intArgument(args, 8);
  const length = intArgument(args, 9);
  const rowsOfItem = intArgument(args, 10);

  const triplesOfSegment = (length + 2) / 3;
  const panelBytes = <usize>((segments * triplesOfSegment + 1) >> 1) * 192;
  const rowBytes = <usize>((panels / panelsOfGroup) * filters) << 2;
  const chunkBytes = <usize>panels * panelBytes;
  const end = min(segments * length, (item + 1) * rowsOfItem);
  for (let panel = 0; panel < panels; panel++) {
    const first = (panel % panelsOfGroup) << 3;
    const count = min(8, filters - first);
    const column = <usize>((panel / panelsOfGroup) * filters + first) << 2;
    for (let row = item * rowsOfItem; row < end; row++) {
      const place = (row / length) * triplesOfSegment * 3 + (row % length);
      const source = partials + <usize>panel * panelBytes + (<usize>place << 5);
      addChunks(source, dKernel + <usize>row * rowBytes + column, chunkBytes, chunks, count);
    }
    if (item == 0) addChunks(biasPartials + (<usize>panel << 5), dBias + column, <usize>panels << 5, chunks, count);
  }
}

function addChunks(source: usize, target: usize, step: usize, chunks: i32, count: i32): void {
  let s0 = v128.load(source);
  let s1 = v128.load(source, 16);
  for (let chunk = 1; chunk < chunks; chunk++) {
    source += step;
    s0 = f32x4.add(s0, v128.load(source));
    s1 = f32x4.add(s1, v128.load(source, 16));
  }
  if (count == 8) {
    v128.store(target, s0);
    v128.store(target, s1, 16);
    return;
  }
  if (count >= 4) {
    v128.store(target, s0);
    target += 16;
    s0 = s1;
  }
  for (let f = count & 3; f > 0; f--, target += 4) {
    f32.store(target, f32x4.extract_lane(s0, 0));
    s0 = v128.shuffle<f32>(s0, s0, 1, 2, 3, 0);
  }
}
