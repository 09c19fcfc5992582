// Pictures as a page reads them, in a real Chromium, against what Node makes of the same files.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage, launchChromium, serveFolder, whyNoBrowser } from '@striate/browsers';
import type { Preprocessing } from '@striate/core';
import { readPicture } from '@striate/images';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test as anyTest } from 'vitest';
import { isRequired } from './is-required.ts';

const test = anyTest.skipIf(whyNoBrowser('chromium') && !isRequired('wasm-browser'));

const common = { scale: 1 / 255, mean: [0], standardDeviation: [1] };
const grey: Preprocessing = {
  ...common,
  size: [28, 28],
  channels: 1,
  picture: { background: 'dark', centering: 'mass', box: 20 },
};
const colour: Preprocessing = { scale: 1, mean: [0, 0, 0], standardDeviation: [1, 1, 1], size: [16, 24], channels: 3 };

const path = '<path d="M40 60 H150 L80 250" stroke="#900" stroke-width="24" fill="none"/>';
const seven = sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="200" height="300">${path}</svg>`));

interface Page {
  pixels: number[];
  steps: string[];
}

let folder: string;
let source: string;
let server: Awaited<ReturnType<typeof serveFolder>>;
let browser: Awaited<ReturnType<typeof launchChromium>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'striate-pictures-'));
  source = await mkdtemp(fileURLToPath(new URL('../.page-', import.meta.url)));
  await writeFile(
    join(source, 'index.js'),
    "import { readPicture } from '@striate/images';\nglobalThis.readPicture = readPicture;\n",
  );
  await writeFile(join(source, 'index.html'), '<!doctype html><script type="module" src="./index.js"></script>');
  await buildPage({ root: source, out: join(folder, 'page') });
  await seven
    .clone()
    .png()
    .toFile(join(folder, 'page', 'transparent.png'));
  await seven
    .clone()
    .flatten({ background: '#fff' })
    .jpeg({ quality: 95 })
    .toFile(join(folder, 'page', 'photo.jpg'));
  await writeFile(join(folder, 'page', 'text.png'), 'no picture');
  server = await serveFolder(join(folder, 'page'));
  browser = await launchChromium();
}, 600_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
  for (const made of [folder, source]) await rm(made, { recursive: true, force: true });
});

/** What a page makes of a picture that lies beside it, or the error. */
async function inPage(name: string, preprocessing: Preprocessing, options: object = {}): Promise<Page | string> {
  const page = await browser.newPage();
  await page.goto(server.url);
  await page.waitForFunction(() => 'readPicture' in globalThis);
  return page.evaluate(
    async ([file, record, limits]) => {
      const { readPicture: read } = globalThis as unknown as { readPicture: typeof readPicture };
      try {
        const { pixels, steps } = await read(file, record, limits);
        return { pixels: Array.from(pixels), steps };
      } catch (error) {
        return String(error);
      }
    },
    [name, preprocessing, options] as const,
  );
}

test.each([
  ['transparent.png', grey],
  ['transparent.png', colour],
  ['photo.jpg', grey],
  ['photo.jpg', colour],
])('%s comes out as in Node, but for the rounding of the browser (%#)', async (name, preprocessing) => {
  const node = await readPicture(join(folder, 'page', name), preprocessing);
  const { pixels, steps } = (await inPage(name, preprocessing)) as Page;
  expect(steps).toEqual(node.steps);
  expect(pixels).toHaveLength(node.pixels.length);
  const difference = pixels.reduce((sum, value, place) => sum + Math.abs(value - node.pixels[place]!), 0);
  expect(difference / pixels.length).toBeLessThan(6);
});

test('what is no picture, is not there or has too many pixels is refused', async () => {
  expect(await inPage('text.png', grey)).toMatch(/^DataError: .*text\.png: is not a picture that can be read/);
  expect(await inPage('none.png', grey)).toMatch(/^DataError: .*none\.png: there is no such file/);
  expect(await inPage('photo.jpg', grey, { maxPixels: 100 })).toMatch(
    /photo\.jpg: has 200 x 300 = 60,000 pixels, and the limit is 100; maxPixels raises it/,
  );
});
