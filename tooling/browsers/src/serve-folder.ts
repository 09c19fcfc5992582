import { createReadStream, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** How a folder is served. */
export interface ServeOptions {
  /** With the headers that make a page cross-origin isolated, so that it may use threads. Default false. */
  isolated?: boolean;
  /** More headers for every answer, such as a content security policy. */
  headers?: Readonly<Record<string, string>>;
  /** Folders that are served under a name of their own: `{ golden: '/path' }` answers `/golden/...`. */
  mounts?: Readonly<Record<string, string>>;
  /** Takes what a page posts. */
  received?(path: string, body: string): void;
}

/** A server that runs. */
export interface Served {
  /** `http://localhost:PORT/` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the files of a folder on this machine, at a free port.
 *
 * @example
 * const { url, close } = await serveFolder('dist', { isolated: true });
 */
export async function serveFolder(folder: string, options: ServeOptions = {}): Promise<Served> {
  const { isolated = false, headers = {}, mounts = {}, received } = options;
  const everywhere = {
    'Cache-Control': 'no-store',
    ...(isolated && { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }),
    ...headers,
  };

  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    for (const [name, value] of Object.entries(everywhere)) response.setHeader(name, value);
    if (request.method === 'POST') {
      received?.(path, await bodyOf(request));
      response.writeHead(204).end();
    } else {
      answer(response, fileOf(path));
    }
  });

  function fileOf(path: string): string {
    const [first = '', ...rest] = normalize(path).split(/[\\/]/).filter(Boolean);
    const mounted = mounts[first];
    return mounted ? join(mounted, ...rest) : join(folder, first, ...rest);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, path: string): void {
  const file = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, 'index.html') : path;
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) {
    response.writeHead(404).end();
    return;
  }
  const type = types[extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': size });
  createReadStream(file).pipe(response);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
