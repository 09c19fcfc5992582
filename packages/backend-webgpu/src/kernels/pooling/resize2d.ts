import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { defineKernel, type Kernel } from '../../kernel.ts';
import { forEachPlace } from '../normalization/for-each-place.ts';
import { valueCode, valuesOf } from '../normalization/values.ts';

const constantsOf = (
  [, height, width]: readonly number[],
  { size, interpolation }: ops.Resize2dAttributes,
  depth: number,
): Record<string, number | boolean> => ({
  H: height!,
  W: width!,
  NEW_H: size[0],
  NEW_W: size[1],
  NEAREST: interpolation === 'nearest',
  DEPTH: depth,
});

/** WGSL: of which old place a new one is made, and how much the next one counts. All but the share is whole numbers. */
const tapsCode = `
struct Taps { place: i32, share: f32 }

fn tapsOf(to: i32, old: i32, size: i32) -> Taps {
  let middle = (2 * to + 1) * old;
  if (NEAREST) { return Taps(min(old - 1, middle / (2 * size)), 0.0); }
  let exact = clamp(middle - size, 0, (old - 1) * 2 * size);
  return Taps(exact / (2 * size), f32(exact % (2 * size)) / f32(2 * size));
}
`;

export const resize2d: Kernel = defineKernel(ops.resize2d, {
  run({ inputs, attributes, gpu }) {
    const { x } = inputs;
    const { size, interpolation } = attributes;
    const [batch, , , channels] = x.shape as [number, number, number, number];
    const { columns, bind, ...values } = valuesOf(channels);
    const y = gpu.output([batch, ...size, channels]);
    forEachPlace(gpu, {
      name: 'resize2d',
      count: sizeOf(y.shape) / (values.vectors ? 4 : 1),
      constants: constantsOf(x.shape, { size, interpolation }, columns),
      inputs: { x: bind(x) },
      outputs: { y: bind(y) },
      declarations: () => `${valueCode(values)}${tapsCode}`,
      body: () => `
  let pixel = index / DEPTH;
  let down = tapsOf(i32(pixel / NEW_W % NEW_H), H, NEW_H);
  let across = tapsOf(i32(pixel % NEW_W), W, NEW_W);
  let image = i32(pixel / (NEW_W * NEW_H)) * H;
  var sum = Value();
  for (var i = 0; i < 2; i++) {
    let row = min(down.place + i, H - 1);
    let part = select(down.share, 1.0 - down.share, i == 0);
    if (part == 0.0) { continue; }
    let left = x[((image + row) * W + across.place) * DEPTH + i32(index % DEPTH)];
    sum += part * (1.0 - across.share) * left;
    if (across.share > 0.0) {
      sum += part * across.share * x[((image + row) * W + across.place + 1) * DEPTH + i32(index % DEPTH)];
    }
  }
  y[index] = sum;`,
    });
    return y;
  },
});

/** Each old pixel goes over the new ones that it may count in. */
export const resize2dGradient: Kernel = defineKernel(ops.resize2dGradient, {
  run({ inputs, attributes, gpu }) {
    const { dy } = inputs;
    const { size, interpolation, inputShape } = attributes;
    const { columns, bind, ...values } = valuesOf(inputShape[3]!);
    const dx = gpu.output(inputShape);
    forEachPlace(gpu, {
      name: 'resize2dGradient',
      count: sizeOf(inputShape) / (values.vectors ? 4 : 1),
      constants: constantsOf(inputShape, { size, interpolation }, columns),
      inputs: { dy: bind(dy) },
      outputs: { dx: bind(dx) },
      declarations: () => `${valueCode(values)}${tapsCode}${weightCode}`,
      body: () => `
  let pixel = index / DEPTH;
  let row = i32(pixel / W % H);
  let column = i32(pixel % W);
  let rows = placesWith(row, H, NEW_H);
  let columns = placesWith(column, W, NEW_W);
  let image = i32(pixel / (W * H)) * NEW_H;
  var sum = Value();
  for (var i = rows.x; i < rows.y; i++) {
    let part = weight(i, row, H, NEW_H);
    if (part == 0.0) { continue; }
    for (var j = columns.x; j < columns.y; j++) {
      let share = part * weight(j, column, W, NEW_W);
      if (share > 0.0) { sum += share * dy[((image + i) * NEW_W + j) * DEPTH + i32(index % DEPTH)]; }
    }
  }
  dx[index] = sum;`,
    });
    return dx;
  },
});

/** WGSL: how much an old place counts in a new one; and new places, from the first to before the end, beyond which it counts in none. */
const weightCode = `
fn weight(to: i32, place: i32, old: i32, size: i32) -> f32 {
  let taps = tapsOf(to, old, size);
  if (taps.place == place) { return 1.0 - taps.share; }
  return select(0.0, taps.share, taps.place + 1 == place);
}

fn placesWith(place: i32, old: i32, size: i32) -> vec2i {
  // Those whose middle is less than 1 from the place's; at the ends of the axis, all beyond as well.
  let start = max((2 * place - 1) * size - old, 0) / (2 * old);
  let end = ((2 * place + 3) * size - old) / (2 * old) + 1;
  return vec2i(select(start, 0, place == 0), select(min(end, size), size, place == old - 1));
}
`;
