import { DataError } from '@striate/core';
import type { NodeModules } from '#node';
import { gunzip } from './gunzip.ts';
import type { SourceFile } from './idx.ts';
import { isMissing } from './mnist-files.ts';

/** A file to fetch once and keep. */
export interface Download {
  readonly url: string;
  /** Folder that keeps it; made if missing. */
  readonly cache: string;
  /** The file's name in the folder. */
  readonly file: string;
  /** SHA-256 of the contents, unpacked if they are gzipped, in hexadecimal. */
  readonly sha256: string;
  /** Stops the download. */
  readonly signal?: AbortSignal;
}

/**
 * A file's unpacked bytes: from the cache if it lies there undamaged, else from its address. It enters the cache under
 * another name first, so that a download cut short leaves nothing behind that looks whole.
 *
 * @throws DataError if the address cannot be reached, answers with an error, or sends other contents
 */
export async function download(
  { fs, path: { join } }: NodeModules,
  { url, cache, file, sha256, signal }: Download,
): Promise<SourceFile> {
  const path = join(cache, file);
  const kept = await fs.readFile(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw new DataError(`${path}: cannot be read (${String(error)}).`, { cause: error });
  });
  if (kept !== undefined) {
    const bytes = await gunzip(kept, path).catch(() => undefined);
    if (bytes !== undefined && (await sha256Of(bytes)) === sha256) return { bytes, source: path };
  }
  const packed = await fetchBytes(url, signal);
  const bytes = await gunzip(packed, url);
  const got = await sha256Of(bytes);
  if (got !== sha256) {
    throw new DataError(
      `${url}: the contents are not the expected ones: SHA-256 is ${got}, but should be ${sha256}. Nothing was kept.`,
    );
  }
  const temporary = `${path}.${crypto.randomUUID()}.part`;
  try {
    await fs.mkdir(cache, { recursive: true });
    await fs.writeFile(temporary, packed, { flush: true });
    await fs.rename(temporary, path);
  } catch (cause) {
    await fs.rm(temporary, { force: true }).catch(() => undefined);
    throw new DataError(`${path}: cannot be written (${String(cause)}). Choose another folder with { cache }.`, {
      cause,
    });
  }
  return { bytes, source: path };
}

async function fetchBytes(url: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    const answer = await fetch(url, signal === undefined ? {} : { signal });
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
    throw new DataError(`${url}: the server answers ${answer.status} ${answer.statusText}.`);
  } catch (cause) {
    if (cause instanceof DataError || signal?.aborted === true) throw cause;
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new DataError(`${url}: cannot be fetched (${reason}).`, { cause });
  }
}

async function sha256Of(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
