import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { fetchBytes, fileUrl, shownUrl } from './fetch-bytes.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const messageOf = (work: Promise<unknown>, address: string): Promise<string> =>
  work.then(
    () => 'no error',
    (error: Error) => `${error.name}: ${error.message.replaceAll(address, 'SERVER/')}`,
  );

test('the bytes come, also through a redirect, and the request says what it is told to', async () => {
  const asked: (string | undefined)[] = [];
  const address = await serve((request, response) => {
    asked.push(request.headers.authorization);
    if (request.url === '/from') response.writeHead(302, { location: '/to' }).end();
    else response.end(Uint8Array.of(1, 2, 3));
  });
  const request = { headers: { authorization: 'Bearer t' } };
  expect(await fetchBytes(`${address}from`, { limit: 3, request })).toEqual(Uint8Array.of(1, 2, 3));
  expect(asked).toEqual(['Bearer t', 'Bearer t']);
  const empty = await serve((_, response) => void response.end());
  expect(await fetchBytes(empty, { limit: 0 })).toEqual(new Uint8Array());
});

test('a file that is not there, or a page in its place, is undefined', async () => {
  const address = await serve((request, response) => {
    if (request.url === '/page') response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
    else response.writeHead(request.url === '/gone' ? 410 : 404).end();
  });
  for (const name of ['page', 'gone', 'missing'])
    expect(await fetchBytes(address + name, { limit: 9 })).toBe(undefined);
});

test('errors of the server, and one that cannot be reached, are said without the query', async () => {
  const address = await serve((_, response) => void response.writeHead(403).end());
  expect(await messageOf(fetchBytes(`${address}x?token=secret`, { limit: 9 }), address)).toMatchInlineSnapshot(
    `"DataError: SERVER/x: the server answers 403 Forbidden."`,
  );
  const cut = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('abc');
    setTimeout(() => response.destroy(), 20);
  });
  expect(await messageOf(fetchBytes(cut, { limit: 90 }), cut)).toMatch(
    /^DataError: SERVER\/: cannot be fetched \(.*\)\.$/,
  );
  expect(await messageOf(fetchBytes('http://127.0.0.1:1/x', { limit: 9 }), 'http://127.0.0.1:1/')).toMatch(
    /^DataError: SERVER\/x: cannot be fetched \(.*\)\.$/,
  );
  expect(await messageOf(fetchBytes('no address', { limit: 9 }), address)).toMatch(/^DataError: no address: cannot/);
});

test('neither a server that never ends nor one that falls silent is waited for', async () => {
  let open = 0;
  const endless = await serve((_, response) => {
    open++;
    const timer = setInterval(() => response.write(new Uint8Array(1e5)), 1);
    response.on('close', () => {
      clearInterval(timer);
      open--;
    });
  });
  expect(await messageOf(fetchBytes(endless, { limit: 3e5 }), endless)).toMatchInlineSnapshot(
    `"DataError: SERVER/: the server sends more than the 300000 bytes that such a file may have."`,
  );
  await expect.poll(() => open).toBe(0);
  const silent = await serve((_, response) => void response.write('a'));
  expect(await messageOf(fetchBytes(silent, { limit: 9, patience: 200 }), silent)).toMatchInlineSnapshot(
    `"DataError: SERVER/: the server sent nothing for 0.2 seconds. Try again later."`,
  );
  const mute = await serve(() => undefined);
  expect(await messageOf(fetchBytes(mute, { limit: 9, patience: 200 }), mute)).toMatchInlineSnapshot(
    `"DataError: SERVER/: the server sent nothing for 0.2 seconds. Try again later."`,
  );
});

test('a server that sends byte by byte is given up; one that is slow but fast enough is waited for', async () => {
  const drip = await serve((_, response) => {
    const timer = setInterval(() => response.write('a'), 20);
    response.on('close', () => clearInterval(timer));
  });
  const options = { limit: 1e5, patience: 500 };
  expect(
    (await messageOf(fetchBytes(drip, options), drip)).replace(/\d+ bytes in/, 'N bytes in'),
  ).toMatchInlineSnapshot(
    `"DataError: SERVER/: the server is too slow: N bytes in 1 seconds, where at least 1024 a second are needed. Try again later."`,
  );
  let sent = 0;
  const slow = await serve((_, response) => {
    const timer = setInterval(() => {
      response.write('ab');
      if (++sent === 60) response.end();
    }, 20);
    response.on('close', () => clearInterval(timer));
  });
  expect(await fetchBytes(slow, { ...options, leastRate: 10 })).toHaveLength(120);
});

test('a signal stops it with its own reason', async () => {
  const mute = await serve(() => undefined);
  const reason = new Error('enough');
  const controller = new AbortController();
  const work = fetchBytes(mute, { limit: 9, request: { signal: controller.signal } });
  setTimeout(() => controller.abort(reason), 20);
  await expect(work).rejects.toBe(reason);
  await expect(fetchBytes(mute, { limit: 9, request: { signal: AbortSignal.abort(reason) } })).rejects.toBe(reason);
});

test('a file of a folder keeps the query of the folder, and errors show neither it nor a password', () => {
  for (const [folder, wanted] of [
    ['https://host/a/digits', 'https://host/a/digits/my%20model.json'],
    ['https://host/a/digits/', 'https://host/a/digits/my%20model.json'],
    ['https://host', 'https://host/my%20model.json'],
    ['https://host/digits?token=1&x=a/b#v2', 'https://host/digits/my%20model.json?token=1&x=a/b'],
    ['https://host/digits/#v2', 'https://host/digits/my%20model.json'],
    ['https://host/meine%20Ziffern%3F?t', 'https://host/meine%20Ziffern%3F/my%20model.json?t'],
  ] as const)
    expect(fileUrl(new URL(folder), 'my model.json').href).toBe(wanted);
  expect(shownUrl('https://me:secret@host:81/a/b?token=1#c')).toBe('https://host:81/a/b');
  expect(shownUrl(new URL('file:///a/b'))).toBe('file:///a/b');
});
