import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Preprocessing } from '@striate/core';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPictureDecoder } from './picture-decoder.ts';
import type { PreparedPicture } from './prepare-picture.ts';
import { readPicture } from './read-picture.ts';
import { mnistDigits } from './testing/mnist-digits.ts';

const mnistStyle: Preprocessing = {
  size: [28, 28],
  channels: 1,
  scale: 1 / 255,
  mean: [0],
  standardDeviation: [1],
  picture: { background: 'dark', centering: 'mass', box: 20 },
};
const colourStyle: Preprocessing = {
  size: [32, 32],
  channels: 3,
  scale: 1 / 255,
  mean: [0, 0, 0],
  standardDeviation: [1, 1, 1],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'striate-pictures-'));
});
const decoder = startPictureDecoder();
afterAll(async () => {
  decoder.close();
  await rm(folder, { recursive: true });
});

/** A 'seven' of one colour on another. */
function seven(background: string, stroke: string): Sharp {
  const rectangle = background === 'none' ? '' : `<rect width="200" height="300" fill="${background}"/>`;
  const path = `<path d="M40 60 H150 L80 250" stroke="${stroke}" stroke-width="24" fill="none"/>`;
  const image = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="300">${rectangle}${path}</svg>`;
  return sharp(Buffer.from(image));
}

async function read(
  picture: Sharp | Buffer,
  name: string,
  style: Preprocessing = mnistStyle,
): Promise<PreparedPicture> {
  const path = join(folder, name);
  await writeFile(path, 'toBuffer' in picture ? await picture.toBuffer() : picture);
  return readPicture(path, style, { decoder });
}

/** Mean of the absolute differences. */
const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, place) => sum + Math.abs(value - b[place]!), 0) / a.length;

const centring = 'scaled to a box of 20 pixels and centred by its mass in 28x28';
const inversion = 'inverted (the network knows light on dark)';

test('a picture of the right size on a dark background is kept to the bit', async () => {
  const pixels = Uint8Array.from({ length: 784 }, (_, place) => {
    const [x, y] = [place % 28, Math.floor(place / 28)];
    return x > 4 && x < 23 && y > 4 && y < 23 ? (place * 37) % 256 : 0;
  });
  const raw = { width: 28, height: 28, channels: 1 } as const;
  expect(await read(sharp(pixels, { raw }).png(), 'kept.png')).toEqual({ pixels, steps: [] });
});

test('the object fills a box of 20 pixels and has its centre of mass in the middle', async () => {
  const { pixels, steps } = await read(seven('#fff', '#000').png(), 'seven.png');
  expect(steps).toEqual([inversion, centring]);
  const places = [...pixels.keys()].filter((place) => pixels[place]! > 51);
  const rows = places.map((place) => Math.floor(place / 28));
  const columns = places.map((place) => place % 28);
  expect(Math.max(...rows) - Math.min(...rows) + 1).toBe(20);
  expect(Math.max(...columns) - Math.min(...columns) + 1).toBeLessThanOrEqual(20);
  const mass = pixels.reduce((sum, value) => sum + value, 0);
  const x = pixels.reduce((sum, value, place) => sum + value * (place % 28), 0) / mass;
  const y = pixels.reduce((sum, value, place) => sum + value * Math.floor(place / 28), 0) / mass;
  // MNIST's own images have it at (14, 14).
  expect(Math.abs(x - 14)).toBeLessThanOrEqual(0.5);
  expect(Math.abs(y - 14)).toBeLessThanOrEqual(0.5);
});

test('digits of MNIST, wherever they lie in a larger picture, come back as they are', async () => {
  const digits = await mnistDigits();
  // In others the rim is so faint that in a photograph it would be noise.
  const indices = Array.from({ length: 100 }, (_, index) => index).filter((index) => {
    const pixels = digits[index]!;
    return extent(pixels, 1) === extent(pixels, 52);
  });
  expect(indices.length).toBeGreaterThan(40);
  for (const index of indices) {
    const pixels = digits[index]!;
    const digit = sharp(pixels, { raw: { width: 28, height: 28, channels: 1 } });
    const [left, top] = [(index * 7) % 23, (index * 11) % 23];
    const picture = digit.extend({ left, top, right: 22 - left, bottom: 22 - top, background: '#000' }).png();
    const prepared = await read(picture, `digit-${index}.png`);
    // Their lightest pixel becomes white, which it nearly is.
    const differences = prepared.pixels.map((value, place) => Math.abs(value - pixels[place]!));
    expect(Math.max(...differences), `digit ${index}`).toBeLessThanOrEqual(4);
  }
});

/** First and last row and column with a value of at least `least`, as text. */
function extent(pixels: Uint8Array, least: number): string {
  const places = [...pixels.keys()].filter((place) => pixels[place]! >= least);
  const columns = places.map((place) => place % 28);
  return [places[0]! / 28, places.at(-1)! / 28, Math.min(...columns), Math.max(...columns)].map(Math.floor).join();
}

test.each<[name: string, picture: () => Promise<Sharp> | Sharp, steps: string[]]>([
  ['grey.png', () => seven('#fff', '#000').greyscale().png(), [inversion, centring]],
  ['dark.png', () => seven('#000', '#fff').flatten().png(), [centring]],
  [
    'transparent.png',
    () => seven('none', '#000').png(),
    ['laid on white where it is transparent', inversion, centring],
  ],
  ['colour.png', () => seven('#ffe', '#900').png(), ['made grey', inversion, centring]],
  ['sixteen-bits.png', () => seven('#fff', '#000').toColourspace('rgb16').png(), [inversion, centring]],
  ['cmyk.jpg', () => seven('#fff', '#000').toColourspace('cmyk').jpeg(), ['made grey', inversion, centring]],
  [
    'rotated.jpg',
    async () =>
      sharp(await seven('#fff', '#000').flatten().rotate(90).png().toBuffer())
        .withMetadata({ orientation: 8 })
        .jpeg(),
    ['turned upright', inversion, centring],
  ],
  ['moving.gif', () => seven('#fff', '#000').gif(), [inversion, centring]],
  ['small.webp', () => seven('#fff', '#000').webp({ lossless: true }), [inversion, centring]],
])('%s comes out like the plain picture', async (name, picture, steps) => {
  const plain = await read(seven('#fff', '#000').png(), 'plain.png');
  const prepared = await read(await picture(), name);
  expect(prepared.steps).toEqual(steps);
  expect(prepared.warning).toBeUndefined();
  expect(difference(prepared.pixels, plain.pixels)).toBeLessThan(2);
});

test.each([
  ['white', 300, 200, '#fff'],
  ['black', 300, 200, '#000'],
  ['one pixel', 1, 1, '#888'],
  ['of the right size', 28, 28, '#000'],
])('a blank picture is told: %s', async (name, width, height, background) => {
  const { pixels, warning } = await read(
    sharp({ create: { width, height, channels: 3, background } }).png(),
    `${name}.png`,
  );
  expect(pixels).toHaveLength(784);
  expect(warning).toBe('the picture is blank: there is nothing in it to classify');
});

test('a network for colours gets colours', async () => {
  const { pixels, steps } = await read(seven('#ffe', '#900').flatten().png(), 'colours.png', colourStyle);
  expect(pixels).toHaveLength(32 * 32 * 3);
  expect(pixels.slice(0, 3)).toEqual(Uint8Array.of(255, 255, 238));
  expect(steps).toEqual(['resized from 200x300 to 32x32']);
  const grey = await read(seven('#fff', '#000').greyscale().png(), 'grey-for-colours.png', colourStyle);
  expect(grey.pixels.slice(0, 3)).toEqual(Uint8Array.of(255, 255, 255));
});

test('what is no picture is told', async () => {
  const png = await seven('#fff', '#000').png().toBuffer();
  const cut = png.subarray(0, png.length / 2);
  const failures = await Promise.all([
    read(Buffer.from('hello'), 'text.png').catch((error: Error) => error.message),
    read(Buffer.alloc(0), 'empty.png').catch((error: Error) => error.message),
    read(cut, 'cut.png').catch((error: Error) => error.message),
    readPicture(join(folder, 'nothing.png'), mnistStyle, { decoder }).catch((error: Error) => error.message),
    readPicture(folder, mnistStyle, { decoder }).catch((error: Error) => error.message),
  ]);
  expect(failures.map((failure) => String(failure).replace(folder, '')).join('\n')).toMatchInlineSnapshot(`
    "/text.png: is not a picture that can be read (Input buffer contains unsupported image format). Give a PNG, JPEG, WebP or GIF file.
    /empty.png: is not a picture that can be read (Input Buffer is empty). Give a PNG, JPEG, WebP or GIF file.
    /cut.png: is not a picture that can be read (vipspng: libpng read error). Give a PNG, JPEG, WebP or GIF file.
    /nothing.png: there is no such file.
    : is a folder. Give the pictures in it, such as folder/*.png."
  `);
});
