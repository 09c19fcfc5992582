import { DataError, sha256 } from '@striate/core';

/** The file that holds the others' checksums; `sha256sum -c SHA256SUMS` checks them too. */
export const checksumFile = 'SHA256SUMS';

/** Files by name. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** Where files can be read from, one by one. */
export interface FileSource {
  /** What errors call it: 'model runs/a/model'. */
  readonly where: string;
  /**
   * @param limit bytes that such a file may have
   * @throws {DataError} naming the file if it is missing, too long or cannot be read
   */
  read(name: string, limit: number): Promise<Uint8Array>;
  /** The bytes of this name and SHA-256, where a replacement that was cut off left them. */
  find?(name: string, digest: string): Promise<Uint8Array | undefined>;
  /** Another text after each replacement of the files, also by files of the same content. */
  version?(): Promise<string>;
}

/** More bytes than this, the checksums may not have. */
export const longestChecksums = 100_000;

/** More bytes than this, no file of ours may have. */
export const longestFileOfAll: number = 2 ** 33;

const lineForm = /^([0-9a-f]{64}) {2}([\w.-]+)$/;
const mend = 'Take an older or another copy, or remove this folder.';

/** An error about a file that is not there. */
export function missingFile(where: string, name: string, cause?: unknown): DataError {
  return new DataError(`${where}: ${name} is missing. ${mend}`, { cause });
}

/** An error about a file that has more bytes than it may. */
export function tooLong(where: string, name: string, limit: number): DataError {
  return new DataError(`${where}: ${name} has more than the ${limit} bytes that it may have. ${mend}`);
}

/** Files and, as one more file, their checksums. */
export async function withChecksums(files: Files): Promise<Record<string, Uint8Array>> {
  const lines = await Promise.all(
    Object.entries(files).map(async ([name, bytes]) => `${await sha256(bytes)}  ${name}\n`),
  );
  return { ...files, [checksumFile]: new TextEncoder().encode(lines.join('')) };
}

/** Files that are checked as they are read. */
export interface CheckedFiles {
  /** A JSON file of at most `limit` bytes; one that Git has checked out with CRLF is read with LF, as it was written. */
  text(name: string, limit: number): Promise<Uint8Array>;
  /** A file of at most `limit` bytes. */
  bytes(name: string, limit: number): Promise<Uint8Array>;
}

/**
 * Reads files that have checksums, each to the last byte as it was written. If they are replaced meanwhile, all are read
 * again: what is used belongs together.
 *
 * @param use what is read of them; it may be called again, so it makes nothing that lasts
 * @throws {DataError} naming the file that is missing, too long, unreadable or not what it was when it was written
 */
export async function readChecked<Result>(
  source: FileSource,
  use: (files: CheckedFiles) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const version = await source.version?.();
    const checksums = readChecksums(source.where, await source.read(checksumFile, longestChecksums));
    try {
      return await use({
        text: (name, limit) => readOne(source, name, checksums.get(name), limit),
        bytes: (name, limit) => readOne(source, name, checksums.get(name), limit),
      });
    } catch (error) {
      if (attempt === 20 || version === (await source.version?.())) throw error;
    }
  }
}

/** A file's bytes as they were written, from its place or from a replacement in progress. */
async function readOne(source: FileSource, name: string, wanted = '', limit: number): Promise<Uint8Array> {
  try {
    return await readPlace(source, name, wanted, limit);
  } catch (error) {
    if (!source.find) throw error;
    // It may reach its place just after that was looked at.
    return (await source.find(name, wanted)) ?? readPlace(source, name, wanted, limit);
  }
}

async function readPlace(
  { where, read }: FileSource,
  name: string,
  wanted: string,
  limit: number,
): Promise<Uint8Array> {
  const bytes = await read(name, limit);
  const found = await asWritten(name, bytes, wanted);
  if (found) return found;
  throw new DataError(
    `${where}: ${name} is damaged: its SHA-256 is ${await sha256(bytes)}, but ${checksumFile} says ${wanted || 'nothing about it'}. ${mend}`,
  );
}

/** A file's bytes as they were written: JSON may have got CRLF from Git; undefined if they do not have the checksum. */
export async function asWritten(name: string, bytes: Uint8Array, digest: string): Promise<Uint8Array | undefined> {
  if ((await sha256(bytes)) === digest) return bytes;
  const lines = name.endsWith('.json') ? withoutCarriageReturns(bytes) : bytes;
  return lines.length < bytes.length && (await sha256(lines)) === digest ? lines : undefined;
}

/** CRLF as LF. */
function withoutCarriageReturns(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, place) => !(byte === 0x0d && bytes[place + 1] === 0x0a));
}

/**
 * The SHA-256 of each file, by name.
 *
 * @throws {DataError} if they are not what `withChecksums` makes
 */
export function readChecksums(where: string, bytes: Uint8Array): Map<string, string> {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  const last = lines.pop();
  const entries = lines.map((line) => lineForm.exec(line));
  if (last === '' && entries.every((entry) => entry !== null))
    return new Map(entries.map((entry) => [entry[2]!, entry[1]!]));
  throw new DataError(
    `${where}: ${checksumFile} is damaged: it must have a line 'SHA-256, two spaces, name' for each file. ${mend}`,
  );
}
