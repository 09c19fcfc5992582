import { DataError } from '@striate/core';
import { node } from '#node';
import { folderSource } from './checksummed-folder.ts';
import { missingFile, type Files, type FileSource } from './checksums.ts';

/**
 * Where a saved model is: a folder's path (in a page a URL, relative to the page), a URL, the files' bytes by name, or
 * the files of a folder that was dropped on a page or chosen in it.
 */
export type ModelSource = string | URL | Files | Iterable<File>;

/** How to read a model's files. */
export function modelSource(source: ModelSource): FileSource {
  if (typeof source === 'string') {
    const isPath = node !== undefined && !/^https?:/.test(source);
    return isPath ? folderSource('model', source) : urlSource(new URL(source, globalThis.location?.href));
  }
  if (source instanceof URL) return urlSource(source);
  return isIterable(source) ? droppedSource(source) : bytesSource(source);
}

function isIterable(source: Files | Iterable<File>): source is Iterable<File> {
  return Symbol.iterator in source;
}

function urlSource(folder: URL): FileSource {
  if (folder.protocol === 'file:' && node) return folderSource('model', node.url.fileURLToPath(folder));
  const base = folder.href.endsWith('/') ? folder.href : `${folder.href}/`;
  const where = `model ${base}`;
  return {
    where,
    async read(name) {
      const response = await fetch(new URL(name, base)).catch((cause: unknown) => {
        throw new DataError(`${where}: ${name} cannot be fetched: ${String(cause)}.`, { cause });
      });
      // Servers of pages often answer with the page itself where a file is missing.
      const isPage = response.headers.get('content-type')?.startsWith('text/html') === true;
      if (response.status === 404 || (response.ok && isPage)) throw missingFile(where, name);
      if (!response.ok)
        throw new DataError(`${where}: ${name} cannot be fetched: the server answers ${response.status}.`);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

function bytesSource(files: Files): FileSource {
  const where = `model (files ${Object.keys(files).join(', ') || 'none'})`;
  return {
    where,
    async read(name) {
      const bytes = files[name];
      if (!bytes) throw missingFile(where, name);
      return bytes;
    },
  };
}

function droppedSource(given: Iterable<File>): FileSource {
  const files = Array.from(given);
  const where = `model (files ${files.map(({ name }) => name).join(', ') || 'none'})`;
  return {
    where,
    async read(name) {
      const file = files.find((candidate) => candidate.name === name);
      if (!file) throw missingFile(where, name);
      return new Uint8Array(await file.arrayBuffer());
    },
  };
}
