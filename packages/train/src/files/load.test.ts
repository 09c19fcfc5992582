import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cpu } from '@striate/core/testing';
import { use } from '@striate/core';
import { initialize, type Network } from '@striate/layers';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { predict } from '../predict.ts';
import { smallNet } from '../testing/small-net.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { ModelSource } from './model-source.ts';
import { load, modelFiles, save } from './save.ts';

const preprocessing = { size: [6, 6], channels: 1, scale: 1 / 255, mean: [0.1], standardDeviation: [0.3] } as const;
const classNames = ['a', 'b', 'c', 'd'];
const image = Float32Array.from({ length: 36 }, (_, place) => (place * 37) % 11);
const names = ['model.json', 'weights.safetensors', 'SHA256SUMS'];

let network: Network;
let files: Record<string, Uint8Array>;
beforeAll(async () => {
  await use(cpu());
  network = initialize(smallNet(), { seed: 4 });
  files = await modelFiles(network, { preprocessing, classNames });
});

/** A server of files that answers with a page where one is missing, as those of single-page apps do. */
async function serve(served: Record<string, Uint8Array>, missing: 404 | 'page'): Promise<string> {
  const server = createServer(({ url }, response) => {
    const bytes = served[url!.replace('/models/digits/', '')];
    if (bytes) response.end(bytes);
    else response.writeHead(missing === 404 ? 404 : 200, { 'content-type': 'text/html' }).end('<!doctype html>');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/digits`;
}

const filesIn = (given: Record<string, Uint8Array>): File[] =>
  Object.entries(given).map(([name, bytes]) => new File([bytes as Uint8Array<ArrayBuffer>], name));

async function expectSame(source: ModelSource): Promise<void> {
  const loaded = await load(source);
  expect(loaded).toMatchObject({ preprocessing, classNames });
  expect(await predict(loaded.network, image, { output: 'logits' })).toEqual(
    await predict(network, image, { output: 'logits' }),
  );
}

test('the files are those that save writes', async () => {
  const folder = join(await temporaryFolder(), 'model');
  await save(network, folder, { preprocessing, classNames });
  expect(Object.keys(files).toSorted()).toEqual(names.toSorted());
  for (const name of names) expect(new Uint8Array(await readFile(join(folder, name)))).toEqual(files[name]);
  await expectSame(folder);
  await expectSame(pathToFileURL(folder));
});

test('a model comes from a URL, from bytes, and from files dropped on a page, to the same logits', async () => {
  const address = await serve(files, 404);
  await expectSame(address);
  await expectSame(new URL(`${address}/`));
  await expectSame(files);
  await expectSame([new File(['other'], '.DS_Store'), ...filesIn(files)]);
});

test('says what is wrong, wherever the files come from', async () => {
  const messageOf = (source: ModelSource): Promise<string> =>
    load(source).then(
      () => 'no error',
      (error: Error) => `${error.name}: ${error.message}`.replaceAll(/[0-9a-f]{64}/g, 'HASH').replace(/:\d+\//, '/'),
    );
  const { 'weights.safetensors': weights, ...rest } = files;
  const damaged = { ...files, 'weights.safetensors': weights!.map((byte, place) => (place === 999 ? byte ^ 1 : byte)) };
  expect(await messageOf(rest)).toMatchInlineSnapshot(
    `"DataError: model (files model.json, SHA256SUMS): weights.safetensors is missing. Take an older or another copy, or remove this folder."`,
  );
  expect(await messageOf(await serve(rest, 404))).toMatchInlineSnapshot(
    `"DataError: model http://127.0.0.1/models/digits/: weights.safetensors is missing. Take an older or another copy, or remove this folder."`,
  );
  expect(await messageOf(await serve(rest, 'page'))).toBe(await messageOf(await serve(rest, 404)));
  expect(await messageOf(damaged)).toMatchInlineSnapshot(
    `"DataError: model (files model.json, weights.safetensors, SHA256SUMS): weights.safetensors is damaged: its SHA-256 is HASH, but SHA256SUMS says HASH. Take an older or another copy, or remove this folder."`,
  );
  expect(await messageOf(filesIn(damaged))).toBe(await messageOf(damaged));
  expect(await messageOf([])).toMatchInlineSnapshot(
    `"DataError: model (files none): SHA256SUMS is missing. Take an older or another copy, or remove this folder."`,
  );
  expect(await messageOf(new URL('http://127.0.0.1:9/models/'))).toMatchInlineSnapshot(
    `"DataError: model http://127.0.0.1/models/: SHA256SUMS cannot be fetched: TypeError: fetch failed."`,
  );
});
