import { arrayKind, DataError, describe, fetchBytes, OptionError, shownUrl } from '@striate/core';
import platform from '#platform';
import { tooLong } from './too-long.ts';

/**
 * Where a picture is: a file's path (in a page an address, relative to the page), a URL (https, or file under Node), the
 * file's bytes, or a file that was chosen in a page or dropped on it.
 */
export type PictureSource = string | URL | Uint8Array | Blob;

/**
 * A picture's bytes, and what errors call it.
 *
 * @throws {DataError} if it cannot be read
 * @throws {OptionError} for what is no source
 */
export async function readSource(source: PictureSource, limit: number): Promise<{ name: string; bytes: Uint8Array }> {
  if (typeof source === 'string' || source instanceof URL) return readPlace(source, limit);
  if (arrayKind(source) === 'Uint8Array') return { name: 'the picture', bytes: source as Uint8Array };
  if (typeof source !== 'object' || source === null || typeof (source as Blob).arrayBuffer !== 'function') {
    throw new OptionError(
      `readPicture: the picture is ${describe(source)}, but must be a file's path, a URL, a File or its bytes.`,
    );
  }
  const file = source as Blob & { name?: string }; // a File has a name
  const name = file.name ?? 'the picture';
  if (file.size > limit) throw new DataError(`${name}: cannot be read (${tooLong(limit)}).`);
  return { name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

async function readPlace(place: string | URL, limit: number): Promise<{ name: string; bytes: Uint8Array }> {
  const { readFile, fileURLToPath } = platform;
  const isAddress = place instanceof URL || !readFile || /^(https?|file):/i.test(place);
  if (!isAddress) {
    if (place === '' || place.includes('\0'))
      throw new OptionError(`readPicture: the picture is ${describe(place)}, but must be a path: 'cat.jpg'.`);
    return { name: place, bytes: await readFile(place, limit) };
  }
  const base = globalThis.location?.href;
  if (!URL.canParse(place, base)) throw new OptionError(`readPicture: ${describe(place)} is no address.`);
  const url = new URL(place, base);
  if (url.protocol === 'file:' && readFile && fileURLToPath) {
    const path = fileURLToPath(url);
    return { name: path, bytes: await readFile(path, limit) };
  }
  const bytes = await fetchBytes(url, { limit });
  if (!bytes) throw new DataError(`${shownUrl(url)}: there is no such file.`);
  return { name: shownUrl(url), bytes };
}
