import { DataError } from '@striate/core';

/**
 * Unpacks gzip; bytes that do not begin as gzip does are returned as they are. Works in Node and browsers.
 *
 * @param source what the error calls the bytes, such as a path
 * @throws DataError if the file is cut or damaged
 */
export async function gunzip(bytes: Uint8Array, source: string): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const unpacked = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(unpacked).arrayBuffer());
  } catch (cause) {
    throw new DataError(`${source}: the gzip data is cut or damaged (${bytes.length} bytes). Get the file again.`, {
      cause,
    });
  }
}
