import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The release of oneDNN that `striate setup onednn` brings. */
export const libraryRelease = '2023.2.0';

/** Its file, named by the major version of its interface. */
export const libraryFile = 'libdnnl.so.3';

/** A place where the library may be. */
export interface Place {
  /** In words: 'the option library', 'the system'. */
  where: string;
  /** A path, or a name that the system's loader looks for. */
  path: string;
}

/** Where `striate setup onednn` puts the library. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(base, 'striate', `onednn-${libraryRelease}`);
}

/**
 * Where to look for the library, in this order: the option, the environment variable STRIATE_ONEDNN, the platform's
 * package, what `striate setup onednn` brought, the system.
 */
export function placesOfLibrary(library: string | undefined, environment: NodeJS.ProcessEnv = process.env): Place[] {
  if (library !== undefined) return [{ where: "the option 'library'", path: library }];
  const set = environment['STRIATE_ONEDNN'];
  if (set) return [{ where: 'STRIATE_ONEDNN', path: set }];
  const fromPackage = packagePath();
  const cached = join(cacheFolder(environment), libraryFile);
  return [
    ...(fromPackage ? [{ where: 'the platform package', path: fromPackage }] : []),
    ...(existsSync(cached) ? [{ where: 'the cache', path: cached }] : []),
    { where: 'the system', path: libraryFile },
  ];
}

/** From where this package lies, or from the project that runs: package managers may keep the two apart. */
function packagePath(): string | undefined {
  const manifest = `@striate/onednn-${process.platform}-${process.arch}/package.json`;
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), 'package.json'))]) {
    try {
      const path = join(dirname(createRequire(from).resolve(manifest)), libraryFile);
      if (existsSync(path)) return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}
