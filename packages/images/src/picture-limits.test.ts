import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import type { Preprocessing } from '@striate/core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PreparedPicture } from './prepare-picture.ts';
import { startPictureDecoder, type PictureLimits } from './picture-decoder.ts';
import { readPicture } from './read-picture.ts';

const style: Preprocessing = { size: [28, 28], channels: 1, scale: 1 / 255, mean: [0], standardDeviation: [1] };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'striate-pictures-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, bytes: Uint8Array | string, limits: PictureLimits = {}): Promise<PreparedPicture> {
  await writeFile(join(folder, name), bytes);
  const decoder = startPictureDecoder(limits);
  return readPicture(join(folder, name), style, { decoder }).finally(() => decoder.close());
}

const refusal = (name: string, bytes: Uint8Array | string, limits: PictureLimits = {}): Promise<string> =>
  read(name, bytes, limits).then(
    () => 'it was taken',
    ({ name: kind, message }: Error) => `${kind}: ${message.replace(`${folder}/`, '')}`,
  );

const grey = (width: number, height: number): ReturnType<typeof sharp> =>
  sharp({ create: { width, height, channels: 3, background: '#888' } });
/** A small file: zeros of one bit each, which the palette calls white. */
function whitePng(width: number, height: number): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const rows = deflateSync(Buffer.alloc((1 + width / 8) * height));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.alloc(3, 255)),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
const svg = (attributes: string, content = '<rect width="10" height="10"/>'): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${content}</svg>`;

/** Processor time of a process that starts and decodes. */
function secondsToDecode(name: string): number {
  const source = new URL('./node/decode-picture.ts', import.meta.url).href;
  const script = `import { readFileSync } from 'node:fs';
    import { decodePicture } from ${JSON.stringify(source)};
    const bytes = readFileSync(${JSON.stringify(join(folder, name))});
    await decodePicture(bytes, { maxPixels: 2e7, allowDrawings: false, size: [28, 28] });
    console.log(process.cpuUsage().user / 1e6);`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
}

/** Many times the work that its size lets expect. */
const filters = `<filter id="f" width="1" height="1">${'<feTurbulence baseFrequency="0.9" numOctaves="200"/>'.repeat(40)}</filter>
  <rect width="1000" height="1000" filter="url(#f)"/>`;

test('a picture of more pixels than the limit is refused before it is decoded', async () => {
  const bomb = whitePng(16_000, 16_000);
  const start = performance.now();
  expect(await refusal('bomb.png', bomb)).toMatchInlineSnapshot(
    `"DataError: bomb.png: has 16000 x 16000 = 256,000,000 pixels, and the limit is 120,000,000; maxPixels raises it."`,
  );
  expect(performance.now() - start).toBeLessThan(10_000);
  expect((await read('white.png', whitePng(1600, 1600))).steps).toEqual(['resized from 1600x1600 to 28x28']);
  const small = await grey(30, 40).png().toBuffer();
  expect(await refusal('small.png', small, { maxPixels: 1199 })).toContain('30 x 40 = 1,200 pixels, and the limit is');
  expect((await read('small.png', small, { maxPixels: 1200 })).pixels).toHaveLength(784);
});

test('drawings are let in only if asked for, whatever their name', async () => {
  const drawing = svg('width="300" height="200"');
  expect(await refusal('drawing.svg', drawing)).toMatchInlineSnapshot(
    `"DataError: drawing.svg: is SVG: it would be drawn, which can take any time and memory; allowDrawings lets it in."`,
  );
  for (const bytes of [drawing, `\uFEFF<?xml version="1.0"?>\n${drawing}`, `<!-- mine -->${drawing}`])
    expect(await refusal('photo.png', bytes)).toContain('allowDrawings lets it in');
  expect(await refusal('paper.pdf', '%PDF-1.7 ...')).toContain('is not a picture that can be read');
  expect((await read('drawing.svg', drawing, { allowDrawings: true })).pixels).toHaveLength(784);
  expect(await refusal('huge.svg', svg('width="16000" height="16000"'), { allowDrawings: true })).toContain(
    'the limit is 120,000,000',
  );
});

test('one that takes too long or too much is ended, and the next is read all the same', async () => {
  const decoder = startPictureDecoder({ allowDrawings: true, maxPixels: 1_000_000 });
  const [slow, good] = ['slow.svg', 'good.png'].map((name) => join(folder, name));
  await writeFile(slow!, svg('width="1000" height="1000"', filters));
  await writeFile(good!, await grey(30, 40).png().toBuffer());
  const outcomes = await Promise.allSettled([slow, good].map((path) => readPicture(path!, style, { decoder })));
  decoder.close();
  expect(outcomes[0]).toMatchObject({
    status: 'rejected',
    reason: {
      name: 'DataError',
      message: expect.stringMatching(/slow.svg: takes more than (5 s|264 MB) to decode, which is the limit; maxPixels/),
    },
  });
  expect(outcomes[1]).toMatchObject({ status: 'fulfilled', value: { steps: ['resized from 30x40 to 28x28'] } });
});

test('a photograph of 12 megapixels is decoded at half its size', async () => {
  const ink = Buffer.from(svg('width="2000" height="2000"', '<rect x="500" y="300" width="300" height="1500"/>'));
  const paper = sharp({ create: { width: 4032, height: 3024, channels: 3, background: '#fff' } });
  const photo = await paper
    .composite([{ input: ink }])
    .jpeg()
    .toBuffer();
  const half = await sharp(photo).resize(2016, 1512).png().toBuffer();
  const before = process.cpuUsage();
  const { pixels, steps } = await read('photo.jpg', photo);
  const here = process.cpuUsage(before).user / 1e6;
  // It was 2.8 s; with a process started, 0.3 s where nothing else runs.
  expect(here + secondsToDecode('photo.jpg')).toBeLessThan(0.9);
  expect(steps).toEqual(['resized from 4032x3024 to 28x28']);
  const other = await read('half.png', half);
  for (const [place, value] of pixels.entries()) expect(Math.abs(value - other.pixels[place]!)).toBeLessThanOrEqual(2);
});

test('of an animation and of a file with many pages the first picture is read', async () => {
  const frames = await Promise.all(
    ['#000', '#fff', '#888'].map((background) =>
      sharp({ create: { width: 40, height: 40, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  );
  const animation = sharp(frames, { join: { animated: true } });
  for (const [name, bytes] of [
    ['moving.gif', await animation.clone().gif().toBuffer()],
    ['moving.webp', await animation.clone().webp().toBuffer()],
    ['pages.tiff', await animation.clone().tiff().toBuffer()],
  ] as const) {
    const { pixels } = await read(name, bytes, { maxPixels: 1600 });
    expect([...new Set(pixels)]).toEqual([0]);
  }
});

test.skipIf(process.platform === 'win32')('what has no end, or may never begin, is not read', async () => {
  const pipe = join(folder, 'fifo.png');
  execFileSync('mkfifo', [pipe]);
  for (const path of ['/dev/zero', pipe]) {
    await expect(readPicture(path, style)).rejects.toThrow(`${path}: is a device, a pipe or a socket. Give a file.`);
  }
});

test('a file of more than 100 MB is refused before it is read; the limit is an option', async () => {
  const path = join(folder, 'long.png');
  await writeFile(path, whitePng(64, 64));
  await truncate(path, 480e6);
  const before = process.resourceUsage().maxRSS;
  await expect(readPicture(path, style)).rejects.toThrow('it has more than 100000000 bytes; maxBytes raises the limit');
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(100_000);
  expect(await refusal('short.png', whitePng(64, 64), { maxBytes: 50 })).toMatchInlineSnapshot(
    `"DataError: short.png: cannot be read (it has more than 50 bytes; maxBytes raises the limit)."`,
  );
});
