import { DataError, fetchBytes, makeFolders, readRegularFile, sha256 as sha256Of } from '@striate/core';
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
  /** Bytes of the contents, unpacked: neither a download nor what it unpacks to may have more. */
  readonly size: number;
  /** Stops the download. */
  readonly signal?: AbortSignal;
}

/**
 * A file's unpacked bytes: from the cache if it lies there undamaged, else from its address. It enters the cache under
 * another name first, so that a download cut short leaves nothing behind that looks whole, and two at once do not meet.
 * A file of the same name but other contents is not ours, or damaged: it is kept under another name.
 *
 * @throws DataError if the address cannot be reached, answers with an error, falls silent, or sends other contents
 */
export async function download(
  { fs, path: nodePath }: NodeModules,
  { url, cache, file, sha256, size, signal }: Download,
): Promise<SourceFile> {
  const path = nodePath.join(cache, file);
  const kept = await readRegularFile(fs, path, size + packingOverhead).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    if (isTooLong(error)) return new Uint8Array();
    throw new DataError(`${path}: cannot be read (${String(error)}).`, { cause: error });
  });
  if (kept !== undefined) {
    const bytes = await gunzip(kept, path, () => size).catch(() => undefined);
    if (bytes !== undefined && (await sha256Of(bytes)) === sha256) return { bytes, source: path };
  }
  const packed = await fetchBytes(url, { limit: size + packingOverhead, ...(signal && { request: { signal } }) });
  if (packed === undefined) throw new DataError(`${url}: there is no such file.`);
  const bytes = await gunzip(packed, url, () => size);
  const got = await sha256Of(bytes);
  if (got !== sha256) {
    throw new DataError(
      `${url}: the contents are not the expected ones: SHA-256 is ${got}, but should be ${sha256}. Nothing was kept.`,
    );
  }
  const temporary = `${path}.${crypto.randomUUID()}.part`;
  try {
    await makeFolders({ fs, path: nodePath }, cache);
    await fs.writeFile(temporary, packed, { flush: true });
    if (kept !== undefined) await setAside(fs, path);
    await fs.rename(temporary, path);
  } catch (cause) {
    await fs.rm(temporary, { force: true }).catch(() => undefined);
    throw new DataError(`${path}: cannot be written (${String(cause)}). Choose another folder with { cache }.`, {
      cause,
    });
  }
  return { bytes, source: path };
}

const isTooLong = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EFBIG';

async function setAside(fs: NodeModules['fs'], path: string): Promise<void> {
  await fs.rename(path, `${path}.${crypto.randomUUID()}.other`).catch((error: unknown) => {
    if (!isMissing(error)) throw error; // another download has done it
  });
}

/** gzip's header, and what it adds to data that cannot be packed. */
const packingOverhead = 100_000;
