import { intArgument, pointerArgument } from './simd';

// @ts-ignore: decorator
@inline function store4x4(target: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
  v128.store(target, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7), 32);
  v128.store(target, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5), 64);
  v128.store(target, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7), 96);
}

/** Packs rows of weights that lie side by side for all filters of some whole panels; reads them in order. */
function packRows(source: usize, target: usize, rows: i32, step: usize, panels: i32, panelBytes: usize): void {
  for (const end = target + (<usize>rows << 5); target != end; target += 32, source += step) {
    let from = source;
    let to = target;
    for (let panel = 0; panel < panels; panel++, from += 32, to += panelBytes) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    }
  }
}

/** Packs `length` weights of up to eight filters, 32 bytes each; lanes without a filter are 0. */
function packRun(source: usize, target: usize, length: i32, step: usize, filters: i32, filterStep: usize): void {
  const end = target + (<usize>length << 5);
  if (filters == 8 && step == 4) {
    const s3 = filterStep * 3;
    for (let k = 0; k + 4 <= length; k += 4, source += 16, target += 128) {
      for (let half: usize = 0; half < 2; half++) {
        const p = source + half * (filterStep << 2);
        const q = p + (filterStep << 1);
        store4x4(target + (half << 4), v128.load(p), v128.load(p + filterStep), v128.load(q), v128.load(p + s3));
      }
    }
  }
  for (; target != end; target += 32, source += step) {
    v128.store(target, f32x4.splat(0));
    v128.store(target, f32x4.splat(0), 16);
    for (let f = 0; f < filters; f++) f32.store(target + (<usize>f << 2), f32.load(source + <usize>f * filterStep));
  }
}

/**
 * Packs weights into panels of eight filters: eight biases (0 without a bias), then eight weights for each
 * (tap row, tap column, channel). Weight of (group, row, column, channel, filter) =
 * source[group * groupStep + row * rowStep + column * columnStep + channel * channelStep + filter * filterStep].
 * args: source, target, bias (0: none), panels of a group, filters of a group, groupStep, tap rows, rowStep,
 * tap columns, columnStep, channels, channelStep, filterStep, panels in all, panels of an item,
 * biasStep from group to group (steps in floats)
 */
export function packPanels(args: usize, item: i32, scratch: usize): void {
  const source = pointerArgument(args, 0);
  const target = pointerArgument(args, 1);
  const bias = pointerArgument(args, 2);
  const panelsOfGroup = intArgument(args, 3);
  const filters = intArgument(args, 4);
  const groupStep = intArgument(args, 5) << 2;
  const tapRows = intArgument(args, 6);
  const rowStep = intArgument(args, 7) << 2;
  const tapColumns = intArgument(args, 8);
  const columnStep = intArgument(args, 9) << 2;
  const channels = intArgument(args, 10);
  const channelStep = <usize>intArgument(args, 11) << 2;
  const filterStep = <usize>intArgument(args, 12) << 2;
  const panels = intArgument(args, 13);
  const panelsOfItem = intArgument(args, 14);
  const biasStep = intArgument(args, 15);

  const runBytes = <usize>channels << 5;
  const panelBytes = <usize>(tapRows * tapColumns) * runBytes + 32;
  const end = min(panels, (item + 1) * panelsOfItem);
  for (let panel = item * panelsOfItem; panel < end; ) {
    const group = panel / panelsOfGroup;
    const filter = (panel % panelsOfGroup) << 3;
    // How many panels to pack at once: whole ones of the same group.
    const whole = filterStep == 4 ? min((filters - filter) >> 3, end - panel) : 0;
    const packed = max(1, whole);
    const count = min(packed << 3, filters - filter);
    let out = target + <usize>panel * panelBytes;
    for (let f = 0; f < packed << 3; f++) {
      const value = bias && f < count ? f32.load(bias + (<usize>(group * biasStep + filter + f) << 2)) : 0;
      f32.store(out + <usize>(f >> 3) * panelBytes + (<usize>(f & 7) << 2), value);
    }
    out += 32;
    const start = source + group * groupStep + <usize>filter * filterStep;
    for (let row = 0; row < tapRows; row++) {
      for (let column = 0; column < tapColumns; column++, out += runBytes) {
        const tap = start + row * rowStep + column * columnStep;
        if (whole) packRows(tap, out, channels, channelStep, packed, panelBytes);
        else packRun(tap, out, channels, channelStep, count, filterStep);
      }
    }
    panel += packed;
  }
}
