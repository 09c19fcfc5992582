// What a page holds that only classifies, bundled by Vite as in a project of one's own.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, defaultClientConditions, type Rolldown } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';

const page = `
  import { wasm } from '@striate/backend-wasm/lean';
  import { use } from '@striate/core';
  import { preprocess, readPicture } from '@striate/images';
  import { load, predict } from '@striate/inference';

  await use(wasm());
  const { network, preprocessing, classNames } = await load('model');
  const { pixels } = await readPicture('cat.jpg', preprocessing);
  const [probabilities] = await predict(network, preprocess(pixels, preprocessing));
  document.body.append(classNames[probabilities.indexOf(Math.max(...probabilities))]);
`;

/** The page is beside this package's own, so that it finds what that has. */
let folder: string;
let chunks: readonly Rolldown.OutputChunk[];
beforeAll(async () => {
  folder = await mkdtemp(fileURLToPath(new URL('../.page-', import.meta.url)));
  const input = join(folder, 'index.js');
  await writeFile(input, page);
  const made = await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@striate/source', ...defaultClientConditions] },
    build: { write: false, target: 'es2022', rolldownOptions: { input } },
  });
  const outputs = [made].flat().flatMap((one) => ('output' in one ? one.output : []));
  chunks = outputs.filter((output) => output.type === 'chunk');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('has no file of training, of data sets and of the stock CPU backend', () => {
  const modules = chunks.flatMap(({ moduleIds }) => moduleIds);
  expect(modules.some((id) => id.includes('packages/inference/src/'))).toBe(true);
  const unwanted = /packages\/(train|data|zoo|cli)\/|tfjs-backend-cpu|\/images\/src\/node\//;
  expect(modules.filter((id) => unwanted.test(id))).toEqual([]);
});

test('takes at most 120 kB, gzipped, besides the one build of the kernels that it fetches', () => {
  const sizes = chunks.map(({ code, moduleIds }) => ({
    isBuild: moduleIds.every((id) => id.includes('/generated/')),
    bytes: gzipSync(code).length,
  }));
  const code = sizes.filter(({ isBuild }) => !isBuild).reduce((sum, { bytes }) => sum + bytes, 0);
  const largest = Math.max(...sizes.filter(({ isBuild }) => isBuild).map(({ bytes }) => bytes));
  process.stdout.write(
    `classify page: ${(code / 1000).toFixed(1)} kB and ${(largest / 1000).toFixed(1)} kB of kernels\n`,
  );
  expect(code).toBeLessThanOrEqual(120_000);
  expect(largest).toBeLessThanOrEqual(50_000);
});
