/** What reading needs of Node's file functions; with Node's own types, pages' projects would need those too. */
export interface FileReading {
  stat(path: string): Promise<{ isFile(): boolean; isDirectory(): boolean; size: number }>;
  open(path: string): Promise<{
    read(into: Uint8Array, offset: number, length: number): Promise<{ bytesRead: number }>;
    close(): Promise<void>;
  }>;
}

/**
 * The bytes of a file. What has no end, as a device, or may never begin, as a pipe, is not read, links to such neither;
 * of a file that grows, or has another size than it says, no more than the limit.
 *
 * @param fs `node:fs/promises`
 * @throws an error of the file system; its code is ENOTREG for what is neither file nor folder, EFBIG beyond the limit
 * @example
 * const bytes = await readRegularFile(fs, 'runs/a/model/model.json', 1e6);
 */
export async function readRegularFile(fs: FileReading, path: string, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const found = await fs.stat(path);
  if (found.isDirectory()) throw failure('EISDIR', 'it is a folder');
  if (!found.isFile()) throw failure('ENOTREG', 'it is a device, a pipe or a socket, no file');
  if (found.size > limit) throw tooLong(limit);
  const file = await fs.open(path);
  try {
    let bytes = new Uint8Array(found.size);
    for (let length = 0; ;) {
      // Beyond what it says, to see whether it ends there.
      const isFull = length === bytes.length;
      const part = isFull ? new Uint8Array(65_536) : bytes;
      const place = isFull ? 0 : length;
      const { bytesRead } = await file.read(part, place, Math.min(part.length - place, 2 ** 30));
      if (bytesRead === 0) return isFull ? bytes : bytes.slice(0, length);
      length += bytesRead;
      if (length > limit) throw tooLong(limit);
      if (isFull) bytes = joined(bytes, part.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

const tooLong = (limit: number): Error => failure('EFBIG', `it has more than ${limit} bytes`);
const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });
