import { expect, test } from 'vitest';
import { centerByMass } from './center-by-mass.ts';
import type { GreyPicture } from './picture.ts';
import { mnistDigits } from './testing/mnist-digits.ts';

const form = { size: [28, 28], box: 20 } as const;

function picture(width: number, height: number, inkAt: (x: number, y: number) => number): GreyPicture {
  const pixels = Uint8Array.from({ length: width * height }, (_, place) =>
    inkAt(place % width, Math.floor(place / width)),
  );
  return { width, height, pixels };
}

/** Extent and centre of mass of a 28 x 28 picture. */
function measure(pixels: Uint8Array): { box: number[]; mass: number[] } {
  const places = [...pixels.entries()].filter(([, value]) => value > 0);
  const xs = places.map(([place]) => place % 28);
  const ys = places.map(([place]) => Math.floor(place / 28));
  const total = places.reduce((sum, [, value]) => sum + value, 0);
  const mean = (along: number[]): number => along.reduce((sum, x, index) => sum + x * places[index]![1], 0) / total;
  return {
    box: [Math.max(...xs) - Math.min(...xs) + 1, Math.max(...ys) - Math.min(...ys) + 1],
    mass: [mean(xs), mean(ys)],
  };
}

test('ink fills 20 x 20 and its centre of mass is the middle, wherever and however large it was', () => {
  // An L: its mass lies far from the middle of its box.
  const letter = (left: number, top: number, size: number): GreyPicture =>
    picture(140, 140, (x, y) => {
      const [u, v] = [(x - left) / size, (y - top) / size];
      const isInside = u >= 0 && v >= 0 && u < 1 && v < 1;
      return isInside && (u < 0.25 || v >= 0.75) ? 255 : 0;
    });
  const made = [letter(5, 10, 80), letter(70, 60, 60), letter(0, 0, 140)].map((drawn) => centerByMass(drawn, form)!);
  for (const pixels of made) {
    expect(pixels).toHaveLength(28 * 28);
    const { box, mass } = measure(pixels);
    expect(box).toEqual([20, 20]);
    for (const centre of mass) expect(Math.abs(centre - 14)).toBeLessThanOrEqual(0.5);
    expect(pixels).toEqual(made[0]);
  }
});

test('a pixel is the mean of the area that it covers, so that the mean ink is kept', () => {
  const stripes = picture(100, 100, (x) => (x % 7 < 3 ? 255 : 90));
  const inside = centerByMass(stripes, form)!.filter((value) => value > 0);
  expect(inside.length).toBe(400);
  const mean = (values: Uint8Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean(inside) - mean(stripes.pixels))).toBeLessThan(0.6);
});

test('proportions are kept; a smaller picture grows', () => {
  const bar = picture(140, 140, (x, y) => (x >= 60 && x < 70 && y >= 20 && y < 120 ? 255 : 0));
  expect(measure(centerByMass(bar, form)!).box).toEqual([2, 20]);
  const point = picture(5, 5, (x, y) => (x === 1 && y === 3 ? 200 : 0));
  expect(measure(centerByMass(point, form)!).box).toEqual([20, 20]);
});

test('digits of MNIST come back as they are', async () => {
  for (const [index, pixels] of (await mnistDigits()).slice(0, 300).entries()) {
    expect(centerByMass({ width: 28, height: 28, pixels }, form), `image ${index}`).toEqual(new Uint8Array(pixels));
  }
});

test('nothing where there is no ink, or where all of it is lost in shrinking', () => {
  const faint = picture(10, 10, () => 15);
  expect(centerByMass(faint, { ...form, faint: 16 })).toBeUndefined();
  const corners = picture(900, 900, (x, y) => (x + y === 0 || x + y === 1798 ? 255 : 0));
  expect(centerByMass(corners, form)).toBeUndefined();
});

test('a picture of another size than it says is refused', () => {
  expect(() =>
    centerByMass({ width: 3, height: 2, pixels: new Uint8Array(5) }, form),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: centerByMass: a grey picture of 3 x 2 has 6 pixels, but there are 5.]`,
  );
});

test('wrong calls are refused', () => {
  const bytes = new Uint8Array(4);
  const calls: (readonly [unknown, unknown])[] = [
    [bytes, { size: [28, 28], box: 20 }],
    [
      { width: 2, height: 2, pixels: new Float32Array(4) },
      { size: [28, 28], box: 20 },
    ],
    [
      { width: '2', height: 2, pixels: bytes },
      { size: [28, 28], box: 20 },
    ],
    [{ width: 2, height: 2, pixels: bytes }, undefined],
    [
      { width: 2, height: 2, pixels: bytes },
      { size: 28, box: 20 },
    ],
    [
      { width: 2, height: 2, pixels: bytes },
      { size: [28, 28], bok: 20 },
    ],
    [
      { width: 2, height: 2, pixels: bytes },
      { size: [28, 28], box: 0.5 },
    ],
    [
      { width: 2, height: 2, pixels: bytes },
      { size: [28, 28], box: 20, faint: -1 },
    ],
  ];
  for (const [picture, options] of calls) {
    const call = (): unknown => centerByMass(picture as never, options as never);
    expect(call).toThrow(expect.objectContaining({ name: 'OptionError' }));
    expect(call).toThrow(/^centerByMass: [^\n]{1,300}$/);
  }
});

test('a box that is longer than the result is refused, whatever its size', () => {
  const picture = { width: 2, height: 2, pixels: Uint8Array.of(255, 0, 0, 0) };
  for (const box of [29, 1e9])
    expect(() => centerByMass(picture, { size: [20, 28], box })).toThrow('at most the longer side of 20 x 28');
  expect(centerByMass(picture, { size: [20, 28], box: 28 })).toHaveLength(560);
});
