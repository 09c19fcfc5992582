import { DataError } from './errors.ts';

/** How {@link fetchBytes} asks, and what it puts up with. */
export interface FetchBytesOptions {
  /** More bytes than this are not taken. */
  limit: number;
  /** What the request says besides its address: headers, credentials, a signal that stops it. */
  request?: RequestInit;
  /** Milliseconds without a byte after which the server is given up. Default 30 s. */
  patience?: number;
  /**
   * Bytes a second that come at least, on average over each span of twice the patience; a server that sends fewer is
   * given up. Default 1,024: 60 KiB in 60 s.
   */
  leastRate?: number;
}

/**
 * The bytes at an address. No server is waited for that falls silent, never ends, or sends byte by byte.
 *
 * @returns undefined if there is no such file: status 404 or 410, or a page in its place, as servers of pages often answer
 * @throws {DataError} if the server cannot be reached, answers with another error, falls silent, is
 * slower than `leastRate`, or sends more than `limit`
 * @throws the reason of `request.signal` if that is aborted
 * @example
 * const bytes = await fetchBytes(new URL('model.json', location.href), { limit: 1e6 });
 */
export async function fetchBytes(
  url: string | URL,
  { limit, request = {}, patience = 30_000, leastRate = 1024 }: FetchBytesOptions,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const where = shownUrl(url);
  const giveUp = new AbortController();
  const watch = watchOver({ patience, leastRate }, (why) => giveUp.abort(why));
  const signal = request.signal ? AbortSignal.any([request.signal, giveUp.signal]) : giveUp.signal;
  try {
    const response = await fetch(url, { ...request, signal });
    const isPage = response.headers.get('content-type')?.startsWith('text/html') === true;
    if (response.ok && !isPage) return await readBody(response, where, limit, watch.heard);
    giveUp.abort(); // the rest of the answer is not wanted
    if (response.ok || response.status === 404 || response.status === 410) return undefined;
    throw new DataError(`${where}: the server answers ${`${response.status} ${response.statusText}`.trim()}.`);
  } catch (cause) {
    if (request.signal?.aborted === true) throw request.signal.reason;
    if (cause instanceof DataError) throw cause;
    if (giveUp.signal.aborted) throw new DataError(`${where}: ${giveUp.signal.reason} Try again later.`);
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new DataError(`${where}: cannot be fetched (${reason.slice(0, 300)}).`, { cause });
  } finally {
    watch.end();
  }
}

/** Tells of a server that is silent or slow; `heard` is to be told of what comes. */
function watchOver(
  { patience, leastRate }: Pick<Required<FetchBytesOptions>, 'patience' | 'leastRate'>,
  refuse: (why: string) => void,
): { heard(bytes: number): void; end(): void } {
  const span = 2 * patience;
  const silent = (): void => refuse(`the server sent nothing for ${patience / 1000} seconds.`);
  let silence = setTimeout(silent, patience);
  let inSpan = 0;
  const rate = setInterval(() => {
    if (inSpan < (leastRate * span) / 1000)
      refuse(
        `the server is too slow: ${inSpan} bytes in ${span / 1000} seconds, where at least ${leastRate} a second are needed.`,
      );
    inSpan = 0;
  }, span);
  return {
    heard(bytes) {
      clearTimeout(silence);
      silence = setTimeout(silent, patience);
      inSpan += bytes;
    },
    end() {
      clearTimeout(silence);
      clearInterval(rate);
    },
  };
}

async function readBody(
  response: Response,
  where: string,
  limit: number,
  heard: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Not for await: browsers' streams are not all iterable. A reader that is left open is ended by the caller's abort.
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    heard(part.value.length);
    length += part.value.length;
    if (length > limit) {
      await reader?.cancel();
      throw new DataError(`${where}: the server sends more than the ${limit} bytes that such a file may have.`);
    }
    chunks.push(part.value);
  }
  const bytes = new Uint8Array(length);
  let place = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, place);
    place += chunk.length;
  }
  return bytes;
}

/**
 * The address of a file in a folder. The folder's query goes with it (it may be a token), what follows # does not.
 *
 * @example
 * fileUrl(new URL('https://host/digits?token=1'), 'model.json').href; // 'https://host/digits/model.json?token=1'
 */
export function fileUrl(folder: URL, name: string): URL {
  const url = new URL(folder);
  url.pathname = `${folder.pathname.replace(/\/$/, '')}/${encodeURIComponent(name)}`;
  url.hash = '';
  return url;
}

/** An address without its query and its password, which are nobody's business in an error. */
export function shownUrl(url: string | URL): string {
  if (!URL.canParse(String(url))) return String(url).slice(0, 300);
  const { origin, protocol, pathname } = new URL(url);
  return `${origin === 'null' ? `${protocol}//` : origin}${pathname}`.slice(0, 300);
}
