import { mnist, type Preprocessing } from '@striate/data';
import { expect, test } from 'vitest';
import type { Drawing } from '../messages.ts';
import { seeDrawing } from './see-drawing.ts';

const preprocessing: Preprocessing = {
  size: [28, 28],
  channels: 1,
  scale: 1 / 255,
  mean: [0],
  standardDeviation: [1],
  picture: { background: 'dark', centering: 'mass', box: 20 },
};

function drawing(width: number, height: number, inkAt: (x: number, y: number) => number): Drawing {
  const ink = Uint8Array.from({ length: width * height }, (_, place) =>
    inkAt(place % width, Math.floor(place / width)),
  );
  return { width, height, ink };
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

test('a drawing fills 20 x 20 and its centre of mass is the middle, wherever and however large it was', () => {
  // An L: its mass lies far from the middle of its box.
  const letter = (left: number, top: number, size: number): Drawing =>
    drawing(140, 140, (x, y) => {
      const [u, v] = [(x - left) / size, (y - top) / size];
      const isInside = u >= 0 && v >= 0 && u < 1 && v < 1;
      return isInside && (u < 0.25 || v >= 0.75) ? 255 : 0;
    });
  const pictures = [letter(5, 10, 80), letter(70, 60, 60), letter(0, 0, 140)].map((made) =>
    seeDrawing(made, preprocessing)!,
  );
  for (const { pixels, width, height } of pictures) {
    expect([width, height]).toEqual([28, 28]);
    const { box, mass } = measure(pixels);
    expect(box).toEqual([20, 20]);
    for (const centre of mass) expect(Math.abs(centre - 14)).toBeLessThanOrEqual(0.5);
    expect(pixels).toEqual(pictures[0]!.pixels);
  }
});

test('a pixel is the mean of the area that it covers, so that the mean ink is kept', () => {
  const stripes = drawing(100, 100, (x) => (x % 7 < 3 ? 255 : 90));
  const { pixels } = seeDrawing(stripes, preprocessing)!;
  const inside = pixels.filter((value) => value > 0);
  expect(inside.length).toBe(400);
  const mean = (values: Uint8Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean(inside) - mean(stripes.ink))).toBeLessThan(0.6);
});

test('proportions are kept', () => {
  const bar = drawing(140, 140, (x, y) => (x >= 60 && x < 70 && y >= 20 && y < 120 ? 255 : 0));
  expect(measure(seeDrawing(bar, preprocessing)!.pixels).box).toEqual([2, 20]);
});

test('digits of MNIST come back as they are', async () => {
  const { test: images } = await mnist();
  let kept = 0;
  for (let index = 0; index < 100; index++) {
    const { pixels } = await images.get(index);
    const seen = seeDrawing({ width: 28, height: 28, ink: pixels }, preprocessing)!;
    if (seen.pixels.every((value, place) => value === pixels[place])) kept++;
  }
  // A few have rims so faint that they pass for a smoothed edge.
  expect(kept).toBeGreaterThanOrEqual(90);
});

test('networks that know dark on light, or colours, get that', () => {
  const dot = drawing(10, 10, (x, y) => (x === 5 && y === 5 ? 255 : 0));
  const { pixels } = seeDrawing(dot, {
    ...preprocessing,
    channels: 3,
    picture: { background: 'light', centering: 'mass', box: 20 },
  })!;
  expect(pixels.length).toBe(28 * 28 * 3);
  expect([pixels[0], pixels[1], pixels[2]]).toEqual([255, 255, 255]);
  expect(pixels.includes(0)).toBe(true);
});

test('nothing is seen where there is no ink', () => {
  expect(
    seeDrawing(
      drawing(10, 10, () => 0),
      preprocessing,
    ),
  ).toBeUndefined();
});
