import {
  arrayKind,
  checkOptionNames,
  DataError,
  describe,
  fetchBytes,
  fileUrl,
  isRecord,
  OptionError,
  shownUrl,
} from '@striate/core';
import { node } from '#node';
import { folderSource } from './checksummed-folder.ts';
import { missingFile, tooLong, type Files, type FileSource } from './checksums.ts';

/**
 * Where a saved model is: a folder's path (in a page a URL, relative to the page), a URL (https, or file under Node), the
 * files' bytes by name, or the files of a folder that was dropped on a page or chosen in it.
 */
export type ModelSource = string | URL | Files | Iterable<File>;

const requestOptions = [
  'headers',
  'signal',
  'credentials',
  'mode',
  'cache',
  'redirect',
  'referrer',
  'referrerPolicy',
] as const;

/** What a model's files are asked for with, as `fetch` takes it: `{ headers: { authorization: 'Bearer ...' } }`. */
export type ModelRequest = Pick<RequestInit, (typeof requestOptions)[number]>;

/**
 * How to read a model's files.
 *
 * @throws {OptionError} for what is no source, and for a request where nothing is fetched
 */
export function modelSource(source: ModelSource, request?: ModelRequest): FileSource {
  if (request !== undefined) checkOptionNames('load: request', request, requestOptions);
  const from = toUrl(source);
  if (from instanceof URL && !(from.protocol === 'file:' && node)) return urlSource(from, request);
  if (request !== undefined)
    throw new OptionError(`load: request is for models at a URL, but this one is ${describe(source)}.`);
  if (from instanceof URL) return folderSource('model', node!.url.fileURLToPath(from));
  if (typeof from === 'string') return folderSource('model', from);
  if (isIterable(from)) return droppedSource(from);
  if (isRecord(from)) return bytesSource(from);
  throw new OptionError(
    `load: the model is ${describe(source)}, but must be a folder's path, a URL, or its files: load('runs/a/model').`,
  );
}

/** The address that a source is, if it is one; in a page every text is. */
function toUrl(source: ModelSource): ModelSource {
  if (typeof source !== 'string') return source;
  if (source === '' || source.includes('\0'))
    throw new OptionError(`load: the folder is ${describe(source)}, but must be a path, such as 'runs/a/model'.`);
  if (node && !/^(https?|file):/i.test(source)) return source;
  const base = globalThis.location?.href;
  if (URL.canParse(source, base)) return new URL(source, base);
  throw new OptionError(`load: ${describe(source)} is no address. In a page, give one like 'models/digits'.`);
}

function isIterable(source: Exclude<ModelSource, string>): source is Iterable<File> {
  return typeof source === 'object' && source !== null && arrayKind(source) === undefined && Symbol.iterator in source;
}

function urlSource(folder: URL, request: ModelRequest | undefined): FileSource {
  const where = `model ${shownUrl(folder)}`;
  return {
    where,
    async read(name, limit) {
      const bytes = await fetchBytes(fileUrl(folder, name), { limit, ...(request && { request }) });
      if (bytes) return bytes;
      throw missingFile(where, name);
    },
  };
}

function bytesSource(files: Files): FileSource {
  const where = `model (files ${listed(Object.keys(files))})`;
  return {
    where,
    async read(name, limit) {
      const bytes = Object.hasOwn(files, name) ? files[name] : undefined;
      if (bytes === undefined) throw missingFile(where, name);
      if (arrayKind(bytes) !== 'Uint8Array')
        throw new OptionError(`load: the file ${name} is ${describe(bytes)}, but must be a Uint8Array of its bytes.`);
      if (bytes.length > limit) throw tooLong(where, name, limit);
      return bytes;
    },
  };
}

function droppedSource(given: Iterable<File>): FileSource {
  const files = Array.from(given);
  const other = files.find(
    (file) => typeof file !== 'object' || file === null || typeof file.arrayBuffer !== 'function',
  );
  if (other !== undefined)
    throw new OptionError(`load: the list of files holds ${describe(other)}, but must be of File objects.`);
  const where = `model (files ${listed(files.map(({ name }) => name))})`;
  return {
    where,
    async read(name, limit) {
      const file = files.find((candidate) => candidate.name === name);
      if (!file) throw missingFile(where, name);
      if (file.size > limit) throw tooLong(where, name, limit);
      const buffer = await file.arrayBuffer().catch((cause: unknown) => {
        throw new DataError(`${where}: ${name} cannot be read: ${String(cause)}.`, { cause });
      });
      return new Uint8Array(buffer);
    },
  };
}

function listed(names: readonly string[]): string {
  const text = names.slice(0, 10).join(', ') || 'none';
  return names.length > 10 ? `${text} and ${names.length - 10} more` : text;
}
