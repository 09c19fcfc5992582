import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { node } from '#node';
import { download } from './download.ts';
import { fashionMnist } from './fashion-mnist.ts';

const debian = '/usr/share/datasets/fashion-mnist';
const files = new Map<string, Uint8Array>();
const requests: string[] = [];
let server: Server;
let baseUrl = '';
let cache = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    const name = request.url?.slice(1) ?? '';
    requests.push(name);
    const bytes = files.get(name);
    if (bytes === undefined) response.writeHead(404).end();
    else response.end(bytes);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => server.close());

beforeEach(async () => {
  requests.length = 0;
  files.clear();
  cache = await mkdtemp(join(tmpdir(), 'striate-cache-'));
  return () => rm(cache, { recursive: true, force: true });
});

const contents = new TextEncoder().encode('contents');
const sha256 = 'd1b2a59fbea7e20077af9f91b27e95e865061b270be03ff539ab3b73587882e8';
const get = (name: string): ReturnType<typeof download> =>
  download(node!, { url: baseUrl + name, cache: join(cache, 'deep'), file: name, sha256, size: contents.length });
const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: Error) => error.message.replaceAll(baseUrl, 'SERVER/').replaceAll(cache, 'CACHE'),
  );

test('download fetches once, unpacks, and keeps the packed file', async () => {
  files.set('file.gz', gzipSync(contents));
  expect((await get('file.gz')).bytes).toEqual(contents);
  expect((await get('file.gz')).bytes).toEqual(contents);
  expect(requests).toEqual(['file.gz']);
  expect(await readdir(join(cache, 'deep'))).toEqual(['file.gz']);
});

test('download fetches again what lies damaged in the cache', async () => {
  files.set('file.gz', gzipSync(contents));
  await get('file.gz');
  await truncate(join(cache, 'deep', 'file.gz'), 12);
  expect((await get('file.gz')).bytes).toEqual(contents);
  await writeFile(join(cache, 'deep', 'file.gz'), 'other');
  expect((await get('file.gz')).bytes).toEqual(contents);
  expect((await get('file.gz')).bytes).toEqual(contents);
  expect(requests).toHaveLength(3);
  const aside = (await readdir(join(cache, 'deep'))).filter((name) => name.endsWith('.other'));
  const kept = await Promise.all(aside.map((name) => readFile(join(cache, 'deep', name), 'utf8')));
  expect(kept).toHaveLength(2);
  expect(kept).toContain('other');
});

test('wrong contents, errors of the server and unreachable addresses keep nothing', async () => {
  files.set('file.gz', gzipSync('CONTENTS'));
  files.set('cut.gz', gzipSync(contents).subarray(0, 15));
  expect(await messageOf(get('file.gz'))).toMatchInlineSnapshot(
    `"SERVER/file.gz: the contents are not the expected ones: SHA-256 is eabe6aca2f0dcdbddb32c8f06e6edfa1b78618efaf57d677950d443b91d99175, but should be d1b2a59fbea7e20077af9f91b27e95e865061b270be03ff539ab3b73587882e8. Nothing was kept."`,
  );
  expect(await messageOf(get('cut.gz'))).toMatchInlineSnapshot(
    `"SERVER/cut.gz: the gzip data is cut or damaged (15 bytes). Get the file again."`,
  );
  expect(await messageOf(get('absent.gz'))).toMatchInlineSnapshot(`"SERVER/absent.gz: there is no such file."`);
  expect(await readdir(cache)).toEqual([]);
  const nowhere = download(node!, { url: 'http://127.0.0.1:1/file.gz', cache, file: 'file.gz', sha256, size: 8 });
  expect(await messageOf(nowhere)).toMatch(/^http:\/\/127\.0\.0\.1:1\/file\.gz: cannot be fetched \(.+\)\.$/);
  expect(await messageOf(fashionMnist({ baseUrl, cache }))).toMatchInlineSnapshot(
    `"fashionMnist: SERVER/train-images-idx3-ubyte.gz: there is no such file. Or give { directory } with the four files; Debian has them as dataset-fashion-mnist."`,
  );
});

test('what unpacks to more than it should, or never ends, is given up early', async () => {
  const bomb = gzipSync(new Uint8Array(1e8));
  files.set('bomb.gz', bomb);
  expect(bomb.length).toBeLessThan(1e5);
  expect(await messageOf(get('bomb.gz'))).toMatchInlineSnapshot(
    `"SERVER/bomb.gz: unpacks to more than the 8 bytes that it should have."`,
  );
  files.set('long', new Uint8Array(2e5));
  expect(await messageOf(get('long'))).toMatchInlineSnapshot(
    `"SERVER/long: the server sends more than the 100008 bytes that such a file may have."`,
  );
  expect(await readdir(cache)).toEqual([]);
});

test('two downloads at once of what lies damaged in the cache both succeed, and leave what is not theirs', async () => {
  files.set('file.gz', gzipSync(contents));
  await mkdir(join(cache, 'deep'));
  await writeFile(join(cache, 'deep', 'file.gz'), 'damaged');
  await writeFile(join(cache, 'deep', 'file.gz.part'), 'of somebody');
  const all = await Promise.all([get('file.gz'), get('file.gz'), get('file.gz')]);
  for (const { bytes } of all) expect(bytes).toEqual(contents);
  const names = await readdir(join(cache, 'deep'));
  expect(names.filter((name) => !name.endsWith('.other')).toSorted()).toEqual(['file.gz', 'file.gz.part']);
  expect(names.length).toBeGreaterThan(2);
});

test('a cache folder that cannot be made is named', async () => {
  files.set('file.gz', gzipSync(contents));
  await writeFile(join(cache, 'deep'), 'a file where a folder should be');
  expect(await messageOf(get('file.gz'))).toMatchInlineSnapshot(
    `"CACHE/deep/file.gz: cannot be written (Error: CACHE/deep is no folder). Choose another folder with { cache }."`,
  );
});

test('a stopped download throws the reason it was stopped for', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(
    download(node!, { url: `${baseUrl}file.gz`, cache, file: 'file.gz', sha256, size: 8, signal }),
  ).rejects.toThrow('enough');
});

test.skipIf(!existsSync(debian))(
  'fashionMnist reads Debian’s folder, and the same from a server (needs dataset-fashion-mnist)',
  async () => {
    const { train, test: held } = await fashionMnist({ directory: debian });
    expect([train.length, held.length]).toEqual([60_000, 10_000]);
    expect(train.classNames[train.labels[0]!]).toBe('Ankle boot');
    for (const name of await readdir(debian)) files.set(name, await readFile(join(debian, name)));
    const fetched = await fashionMnist({ baseUrl, cache });
    expect(requests).toHaveLength(4);
    expect(Buffer.compare(fetched.train.pixels!, train.pixels!)).toBe(0);
    expect(fetched.test.labels).toEqual(held.labels);
  },
);

test.each([
  ['', '.cache'],
  ['elsewhere', '.cache'],
  [undefined, 'set'],
])('with XDG_CACHE_HOME %j downloads are kept below %s', async (given, folder) => {
  vi.stubEnv('HOME', cache);
  vi.stubEnv('XDG_CACHE_HOME', given ?? join(cache, 'set'));
  // What lies in the way there is named.
  await mkdir(join(cache, folder, 'striate/fashion-mnist/train-images-idx3-ubyte.gz'), { recursive: true });
  expect(await messageOf(fashionMnist({ baseUrl }))).toContain(
    `CACHE/${folder}/striate/fashion-mnist/train-images-idx3-ubyte.gz: cannot be read`,
  );
  vi.unstubAllEnvs();
});
