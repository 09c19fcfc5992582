import { createHash } from 'node:crypto';
import { closeSync, globSync, openSync, readFileSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindingPath, packageFolder, recordOf } from './tensorflow-folder.ts';

/** A file as the setup left it. */
interface InstalledFile {
  /** From the folder of the setup. */
  path: string;
  size: number;
  /** Of its last change; while it stays, the content is not read. */
  milliseconds: number;
  sha256: string;
}

/** The native libraries that a process loads. */
function libraries(folder: string): string[] {
  return [
    join(packageFolder(folder), bindingPath),
    ...globSync('python/lib/python*/site-packages/tensorflow/libtensorflow*.so.2', { cwd: folder }).map((name) =>
      join(folder, name),
    ),
  ];
}

/** Writes down size, time and SHA-256 of what a process will load. */
export function recordFiles(folder: string): void {
  const files = libraries(folder).map((path): InstalledFile => {
    const { size, mtimeMs } = statSync(path);
    return { path: path.slice(folder.length + 1), size, milliseconds: mtimeMs, sha256: sha256Of(path) };
  });
  writeFileSync(`${recordOf(folder)}.part`, `${JSON.stringify({ files }, null, 2)}\n`);
  renameSync(`${recordOf(folder)}.part`, recordOf(folder));
}

/**
 * What is wrong with the files that a setup left; undefined if nothing is. TensorFlow has 1 GB: content is read only where
 * a file's time has changed, or if `whole` asks for it.
 */
export function filesProblem(folder: string, { whole = false }: { whole?: boolean } = {}): string | undefined {
  const files = readRecord(folder);
  if (!files) return 'its setup has not ended';
  for (const { path, size, milliseconds, sha256 } of files) {
    const found = statSync(join(folder, path), { throwIfNoEntry: false });
    if (!found) return `${path} is missing`;
    if (found.size === size && found.mtimeMs === milliseconds && !whole) continue;
    const isSame = found.size === size && sha256Of(join(folder, path)) === sha256;
    if (!isSame) return `${path} has changed since it was installed`;
  }
  return undefined;
}

function readRecord(folder: string): InstalledFile[] | undefined {
  try {
    return (JSON.parse(readFileSync(recordOf(folder), 'utf8')) as { files: InstalledFile[] }).files;
  } catch {
    return undefined;
  }
}

function sha256Of(path: string): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  try {
    const part = Buffer.alloc(2 ** 22);
    for (let count = readSync(file, part); count > 0; count = readSync(file, part))
      hash.update(part.subarray(0, count));
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}
