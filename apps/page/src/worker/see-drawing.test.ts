import type { Preprocessing } from '@striate/core';
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

test('a stroke fills 20 pixels, wherever it was drawn', () => {
  const stroke = (left: number): Drawing =>
    drawing(140, 140, (x, y) => (x >= left && x < left + 10 && y >= 20 && y < 120 ? 255 : 0));
  const { width, height, pixels } = seeDrawing(stroke(60), preprocessing)!;
  expect([width, height]).toEqual([28, 28]);
  // 2 columns of 20 rows around the place (14, 14).
  const inked = [...pixels.entries()].filter(([, value]) => value > 0).map(([place]) => place);
  expect(inked).toHaveLength(40);
  expect([inked[0], inked.at(-1)]).toEqual([5 * 28 + 14, 24 * 28 + 15]);
  expect(seeDrawing(stroke(3), preprocessing)!.pixels).toEqual(pixels);
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
