import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cpu } from '@striate/core/testing';
import { memory, sha256, tensor, use } from '@striate/core';
import { dense, initialize, input, sequential, type Network } from '@striate/layers';
import { readSafetensors, writeSafetensors, type StoredTensor } from '@striate/weights';
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
  files = await modelFiles({ ...network, preprocessing, classNames });
});

/** A server of files that answers with a page where one is missing, as those of single-page apps do. */
async function serve(served: Record<string, Uint8Array>, missing: 404 | 'page'): Promise<string> {
  const server = createServer(({ url }, response) => {
    const bytes = served[url!.replace('/models/digits/', '').replace('?token=1', '')];
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
  await save({ ...network, preprocessing, classNames }, folder);
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
    `"DataError: model http://127.0.0.1/models/digits: weights.safetensors is missing. Take an older or another copy, or remove this folder."`,
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
    `"DataError: http://127.0.0.1/models/SHA256SUMS: cannot be fetched (bad port)."`,
  );
});

test('the query of a URL goes with every file, what follows # does not, and headers are sent', async () => {
  const asked: string[] = [];
  const server = createServer(({ url, headers }, response) => {
    asked.push(url!);
    const bytes = files[url!.replace('/meine%20Ziffern/', '').replace('?token=1', '')];
    if (headers.authorization !== 'Bearer t' && !url!.endsWith('?token=1')) response.writeHead(401).end();
    else if (bytes) response.end(bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/meine%20Ziffern`;
  for (const end of ['?token=1', '/?token=1', '?token=1#v2']) {
    await expectSame(`${address}${end}`);
    await expectSame(new URL(`${address}${end}`));
    const wanted = ['SHA256SUMS', 'model.json', 'weights.safetensors'].map(
      (name) => `/meine%20Ziffern/${name}?token=1`,
    );
    expect(asked.splice(0)).toEqual([...wanted, ...wanted]);
  }
  const request = { headers: { authorization: 'Bearer t' } };
  expect(await load(`${address}#v2`, { request })).toMatchObject({ classNames });
  expect(asked.at(-1)).toBe('/meine%20Ziffern/weights.safetensors');
  await expect(load(address)).rejects.toThrow(/SHA256SUMS: the server answers 401 Unauthorized\.$/);
  const reason = new Error('enough');
  await expect(load(address, { request: { ...request, signal: AbortSignal.abort(reason) } })).rejects.toBe(reason);
});

test('a text that is a file URL is one, and what is no source or option is refused', async () => {
  const folder = join(await temporaryFolder(), 'my model');
  await save(network, folder);
  expect((await load(pathToFileURL(folder).href)).network.model.nodes.length).toBe(network.model.nodes.length);
  const messageOf = (source: unknown, options?: unknown): Promise<string> =>
    load(source as ModelSource, options as {}).then(
      () => 'no error',
      (error: Error) => `${error.name}: ${error.message.replaceAll(folder, 'FOLDER')}`,
    );
  expect(await messageOf(5)).toMatchInlineSnapshot(
    `"OptionError: load: the model is 5, but must be a folder's path, a URL, or its files: load('runs/a/model')."`,
  );
  expect(await messageOf(undefined)).toMatchInlineSnapshot(
    `"OptionError: load: the model is undefined, but must be a folder's path, a URL, or its files: load('runs/a/model')."`,
  );
  expect(await messageOf('')).toMatchInlineSnapshot(
    `"OptionError: load: the folder is "", but must be a path, such as 'runs/a/model'."`,
  );
  expect(await messageOf(new Uint8Array(9))).toMatchInlineSnapshot(
    `"OptionError: load: the model is a Uint8Array of 9 values, but must be a folder's path, a URL, or its files: load('runs/a/model')."`,
  );
  expect(await messageOf(network)).toMatchInlineSnapshot(
    `"DataError: model (files model, parameters, state): SHA256SUMS is missing. Take an older or another copy, or remove this folder."`,
  );
  expect(await messageOf({ ...files, 'model.json': 'text' })).toMatchInlineSnapshot(
    `"OptionError: load: the file model.json is "text", but must be a Uint8Array of its bytes."`,
  );
  expect(await messageOf(['model.json'])).toMatchInlineSnapshot(
    `"OptionError: load: the list of files holds "model.json", but must be of File objects."`,
  );
  expect(await messageOf(folder, { headers: {} })).toMatchInlineSnapshot(
    `"OptionError: load: there is no option 'headers'. Known: kinds, request."`,
  );
  expect(await messageOf(folder, { request: { headers: {} } })).toMatchInlineSnapshot(
    `"OptionError: load: request is for models at a URL, but this one is "FOLDER"."`,
  );
  expect(await messageOf('http://127.0.0.1:9/', { request: { header: {} } })).toMatchInlineSnapshot(
    `"OptionError: load: request: there is no option 'header'. Did you mean 'headers'? Known: headers, signal, credentials, mode, cache, redirect, referrer, referrerPolicy."`,
  );
});

test('text files that Git checked out with CRLF are read, and weights never changed', async () => {
  const crlf = (bytes: Uint8Array): Uint8Array =>
    new TextEncoder().encode(new TextDecoder().decode(bytes).replaceAll('\n', '\r\n'));
  const [model, sums] = [files['model.json']!, files['SHA256SUMS']!].map(crlf);
  await expectSame({ ...files, 'model.json': model!, SHA256SUMS: sums! });
  await expectSame({ ...files, 'model.json': model! });
  const spoilt = crlf(new TextEncoder().encode(new TextDecoder().decode(files['model.json']).replace('relu', 'relx')));
  await expect(load({ ...files, 'model.json': spoilt })).rejects.toThrow(/model\.json is damaged/);
  const weights = Uint8Array.from(files['weights.safetensors']!);
  const place = weights.lastIndexOf(0x20);
  weights.set([0x0d, 0x0a], place - 1);
  const shorter = weights.filter((_, index) => index !== place - 1);
  const signed = { ...files, 'weights.safetensors': shorter };
  const damaged = { ...signed, SHA256SUMS: await sumsOf(signed), 'weights.safetensors': weights };
  await expect(load(damaged)).rejects.toThrow(/weights\.safetensors is damaged/);
});

async function sumsOf(of: Record<string, Uint8Array>): Promise<Uint8Array> {
  const lines = ['model.json', 'weights.safetensors'].map(async (name) => `${await sha256(of[name]!)}  ${name}\n`);
  return new TextEncoder().encode((await Promise.all(lines)).join(''));
}

test('files with valid checksums but odd content are refused, naming the place', async () => {
  const card = JSON.parse(new TextDecoder().decode(files['model.json'])) as object;
  const messageOf = async (change: string | object, weights = files['weights.safetensors']!): Promise<string> => {
    const json = new TextEncoder().encode(typeof change === 'string' ? change : JSON.stringify({ ...card, ...change }));
    const odd = { 'model.json': json, 'weights.safetensors': weights };
    const before = memory().numTensors;
    const message = await load({ ...odd, SHA256SUMS: await sumsOf(odd) }).then(
      () => 'no error',
      (error: Error) => `${error.name}: ${error.message.replace(/^model \([^)]*\): /, '')}`,
    );
    if (message !== 'no error') expect(memory().numTensors).toBe(before);
    return message;
  };
  const refused = [
    await messageOf('{'),
    await messageOf('null'),
    await messageOf({ formatVersion: 2 }),
    await messageOf({ formatVersion: -1 }),
    await messageOf({ formatVersion: 'x' }),
    await messageOf({ graph: undefined }),
    await messageOf({ classNames: 5 }),
    await messageOf({ classNames: ['a', 'b', 'c', 7] }),
    await messageOf({ classNames: ['a', 'b', 'c'] }),
    await messageOf({ classNames: Array.from({ length: 300_000 }, String) }),
    await messageOf({ classNames: ['a', 'b', 'c', 'd'.repeat(1001)] }),
    await messageOf({ preprocessing: 5 }),
    await messageOf({ preprocessing: { ...preprocessing, mean: [0, 0] } }),
    await messageOf({ preprocessing: { ...preprocessing, scale: 'x' } }),
    await messageOf({ preprocessing: { ...preprocessing, size: [32, 32] } }),
    await messageOf({ preprocessing: { ...preprocessing, picture: { background: 'blue', centering: 'none' } } }),
    await messageOf(JSON.stringify(card).replace('{', '{"classNames":["x"],')),
  ];
  expect(refused).toMatchInlineSnapshot(`
    [
      "DataError: model.json: it is not JSON (Expected property name or '}' in JSON at position 1 (line 1 column 2)).",
      "DataError: model.json: it is null, but must be an object.",
      "DataError: model.json: formatVersion is 2, but must be 1: use the version of Striate that wrote it.",
      "DataError: model.json: formatVersion is -1, but must be 1: use the version of Striate that wrote it.",
      "DataError: model.json: formatVersion is "x", but must be 1: use the version of Striate that wrote it.",
      "DataError: model.json: graph is missing.",
      "DataError: model.json: classNames is 5, but must be a list.",
      "DataError: model.json: classNames[3] is 7, but must be a text of at most 1000 characters.",
      "DataError: model.json: there are 3 class names, but the model's first output has 4 units. Give each a name, or none.",
      "DataError: model.json: there are 300000 class names, but the model's first output has 4 units. Give each a name, or none.",
      "DataError: model.json: classNames[3] is "ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd..., but must be a text of at most 1000 characters.",
      "DataError: model.json: preprocessing is 5, but must be an object.",
      "DataError: model.json: preprocessing.mean is [0,0], but must be one number for each channel.",
      "DataError: model.json: preprocessing.scale is "x", but must be a finite number above 0.",
      "DataError: model.json: the preprocessing makes images of 32 x 32 x 1, but the model takes [6,6,1]. Give that of the data it was trained on.",
      "DataError: model.json: preprocessing.picture.background is "blue", but must be ("dark" | "light").",
      "DataError: model.json: it has 'classNames' twice.",
    ]
  `);
  expect(await messageOf({ classNames: ['\u001b[31m', '', 'a', 'a'] })).toBe('no error');
  const { tensors } = readSafetensors(files['weights.safetensors']!, 'weights');
  const withFirst = (change: (tensor: StoredTensor) => StoredTensor): Uint8Array => {
    const name = 'dense/bias';
    return writeSafetensors({ ...tensors, [name]: change(tensors[name]!) });
  };
  const as = (dtype: string, data: unknown): Uint8Array =>
    withFirst(({ shape }) => ({ shape, dtype, data }) as StoredTensor);
  const weights = [
    as('F16', Uint16Array.of(0, 0, 0, 0)),
    as('F64', Float64Array.of(0, 0, 0, 0)),
    as('U8', Uint8Array.of(0, 0, 0, 0)),
    as('I32', Int32Array.of(0, 0, 0, 0)),
    as('F32', Float32Array.of(0, 0, NaN, 0)),
    as('F32', Float32Array.of(0, Infinity, 0, 0)),
    withFirst(({ dtype }) => ({ shape: [2], dtype, data: Float32Array.of(0, 0) })),
  ];
  const messages = [];
  for (const bytes of weights) messages.push(await messageOf({}, bytes));
  expect(messages).toMatchInlineSnapshot(`
    [
      "DataError: weights.safetensors: 'dense/bias' is of F16, but weights are F32 (float32). Convert it, or take another file.",
      "DataError: weights.safetensors: 'dense/bias' is of F64, but weights are F32 (float32). Convert it, or take another file.",
      "DataError: weights.safetensors: 'dense/bias' is of U8, but weights are F32 (float32). Convert it, or take another file.",
      "DataError: weights.safetensors: 'dense/bias' is of I32, but weights are F32 (float32). Convert it, or take another file.",
      "DataError: weights.safetensors: 'dense/bias' holds NaN. Take an older or another copy.",
      "DataError: weights.safetensors: 'dense/bias' holds Infinity. Take an older or another copy.",
      "DataError: weights.safetensors: 'dense/bias' is [2], but the model's is [4]. It belongs to another model; give that one, or another file.",
    ]
  `);
});

test('save refuses what load would: names and preprocessing that do not fit, NaN, members that no file keeps', async () => {
  const folder = join(await temporaryFolder(), 'model');
  const flat = initialize(sequential([input([36]), dense({ units: 4 })]), { seed: 1 });
  const messageOf = (facts: object, of: Network = network): Promise<string> =>
    save({ ...of, ...facts }, folder).then(
      () => 'no error',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  expect(await messageOf({ classNames: ['a', 'b'] })).toMatchInlineSnapshot(
    `"OptionError: save: there are 2 class names, but the model's first output has 4 units. Give each a name, or none."`,
  );
  expect(await messageOf({ classNames: [...classNames, 'e'] })).toMatchInlineSnapshot(
    `"OptionError: save: there are 5 class names, but the model's first output has 4 units. Give each a name, or none."`,
  );
  expect(await messageOf({ className: classNames })).toMatchInlineSnapshot(
    `"OptionError: save: the network: there is no option 'className'. Did you mean 'classNames'? Known: model, parameters, state, outputMeaning, classNames, preprocessing."`,
  );
  expect(await messageOf({ classNames: 'abcd' })).toMatchInlineSnapshot(
    `"OptionError: save: classNames is "abcd", but must be a list."`,
  );
  expect(await messageOf({ preprocessing: { ...preprocessing, size: [32, 32] } })).toMatchInlineSnapshot(
    `"OptionError: save: the preprocessing makes images of 32 x 32 x 1, but the model takes [6,6,1]. Give that of the data it was trained on."`,
  );
  expect(await messageOf({ preprocessing: { ...preprocessing, size: [6] } })).toMatchInlineSnapshot(
    `"OptionError: save: preprocessing.size[1] is missing."`,
  );
  expect(await messageOf({ preprocessing }, flat)).toBe('no error');
  const bias = tensor([0, NaN, 0, 0]);
  const broken = { ...network, parameters: { ...network.parameters, 'dense/bias': bias } };
  expect(await messageOf({}, broken)).toBe("NumericError: save: 'dense/bias' holds NaN.");
  bias.dispose();
  await expect(modelFiles({ ...network, classNames: ['a'] })).rejects.toThrow(/^modelFiles: there are 1 class names/);
});
