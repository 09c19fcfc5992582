import { DataError } from '@striate/core';

/** So many bytes, unpacked, are enough to know how many there should be. */
const headLength = 1024;

/**
 * Unpacks gzip; bytes that do not begin as gzip does are returned as they are. Works in Node and browsers.
 *
 * @param source what the error calls the bytes, such as a path
 * @param lengthOf how many bytes are expected in all, from the first kilobyte of them: unpacking stops where more come,
 * because a few kilobytes can hold gigabytes
 * @throws DataError if the file is cut or damaged, or longer than expected
 */
export async function gunzip(
  bytes: Uint8Array,
  source: string,
  lengthOf: (head: Uint8Array) => number,
): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const unpacked = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('gzip'));
  const reader = unpacked.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let limit: number | undefined;
  try {
    for (let part = await reader.read(); part.value !== undefined; part = await reader.read()) {
      chunks.push(part.value);
      length += part.value.length;
      if (length >= headLength) limit ??= lengthOf(joined(chunks, length));
      if (length > (limit ?? headLength)) throw tooLong(source, limit!);
    }
  } catch (cause) {
    await reader.cancel().catch(() => undefined);
    if (cause instanceof DataError) throw cause;
    throw new DataError(`${source}: the gzip data is cut or damaged (${bytes.length} bytes). Get the file again.`, {
      cause,
    });
  }
  const whole = joined(chunks, length);
  if (length > (limit ??= lengthOf(whole))) throw tooLong(source, limit);
  return whole;
}

function tooLong(source: string, limit: number): DataError {
  return new DataError(`${source}: unpacks to more than the ${limit} bytes that it should have.`);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(length);
  let place = 0;
  for (const chunk of chunks) {
    whole.set(chunk, place);
    place += chunk.length;
  }
  return whole;
}
