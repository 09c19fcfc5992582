import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { DataError } from '@striate/core';
import { tooLong } from '../too-long.ts';

const failures: Record<string, string> = {
  ENOENT: 'there is no such file.',
  EISDIR: 'is a folder. Give the pictures in it, such as folder/*.png.',
  ENOTREG: 'is a device, a pipe or a socket. Give a file.',
  EACCES: 'there is no permission to read it.',
};

/** @throws {DataError} if it cannot be read, or has more bytes than the limit */
export function readFile(path: string, limit: number): Promise<Uint8Array> {
  return readWhole(path, limit).catch((cause: NodeJS.ErrnoException) => {
    throw new DataError(`${path}: ${failures[cause.code ?? ''] ?? `cannot be read (${cause.message}).`}`, { cause });
  });
}

/** What whoever started the program opened already. */
const isOpen = (path: string): boolean => /^\/(?:dev|proc\/self)\/(?:stdin|fd\/\d+)$/.test(path);

/** Reads a file, or what an open pipe gives, to its end. Another pipe may never begin, and a device has no end. */
async function readWhole(path: string, limit: number): Promise<Buffer> {
  const found = await stat(path);
  if (!found.isFile() && !found.isDirectory() && !isOpen(path))
    throw Object.assign(new Error(path), { code: 'ENOTREG' });
  if (found.isFile() && found.size > limit) throw new Error(tooLong(limit));
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size > limit) throw new Error(tooLong(limit));
  }
  return Buffer.concat(parts);
}
