import { DataError } from '@striate/core';
import { sha256 } from './sha256.ts';

/** The file that holds the others' checksums; `sha256sum -c SHA256SUMS` checks them too. */
export const checksumFile = 'SHA256SUMS';

/** Files by name. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** Where files can be read from, one by one. */
export interface FileSource {
  /** What errors call it: 'model runs/a/model'. */
  readonly where: string;
  /** @throws {DataError} naming the file if it is missing or cannot be read */
  read(name: string): Promise<Uint8Array>;
}

const lineForm = /^([0-9a-f]{64}) {2}([\w.-]+)$/;
const mend = 'Take an older or another copy, or remove this folder.';

/** An error about a file that is not there. */
export function missingFile(where: string, name: string, cause?: unknown): DataError {
  return new DataError(`${where}: ${name} is missing. ${mend}`, { cause });
}

/** Files and, as one more file, their checksums. */
export async function withChecksums(files: Files): Promise<Record<string, Uint8Array>> {
  const lines = await Promise.all(
    Object.entries(files).map(async ([name, bytes]) => `${await sha256(bytes)}  ${name}\n`),
  );
  return { ...files, [checksumFile]: new TextEncoder().encode(lines.join('')) };
}

/**
 * Reads files and checks every byte.
 *
 * @throws {DataError} naming the file that is missing, unreadable or not what it was when it was written
 */
export async function readChecked({ where, read }: FileSource, names: readonly string[]): Promise<Files> {
  const checksums = readChecksums(where, await read(checksumFile));
  const files: Record<string, Uint8Array> = {};
  for (const name of names) {
    const bytes = await read(name);
    const wanted = checksums.get(name);
    const found = await sha256(bytes);
    if (wanted !== found) {
      throw new DataError(
        `${where}: ${name} is damaged: its SHA-256 is ${found}, but ${checksumFile} says ${wanted ?? 'nothing about it'}. ${mend}`,
      );
    }
    files[name] = bytes;
  }
  return files;
}

function readChecksums(where: string, bytes: Uint8Array): Map<string, string> {
  const lines = new TextDecoder().decode(bytes).split('\n');
  const last = lines.pop();
  const entries = lines.map((line) => lineForm.exec(line));
  if (last === '' && entries.every((entry) => entry !== null))
    return new Map(entries.map((entry) => [entry[2]!, entry[1]!]));
  throw new DataError(
    `${where}: ${checksumFile} is damaged: it must have a line 'SHA-256, two spaces, name' for each file. ${mend}`,
  );
}
