import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The release of oneDNN that `striate setup onednn` brings. */
export const libraryRelease = '2023.2.0';

/** Its file, named by the major version of its interface. */
export const libraryFile = 'libdnnl.so.3';

/** Its content, to the bit. */
export const librarySha256 = 'e6376208cf6bacb041c346b504207e3aa1189a13f941c92a4383a55ac27058ae';

/** A place where the library may be. */
export interface Place {
  /** In words: 'the option library', 'the system'. */
  where: string;
  /** A path, or a name that the system's loader looks for. */
  path: string;
  /** What must be there, where that is known. */
  sha256?: string;
}

/**
 * Where `striate setup onednn` puts the library: in XDG_CACHE_HOME or ~/.cache; undefined for one without a home. A path
 * that is not absolute counts as none, since it would be another one in each folder.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const set = environment['XDG_CACHE_HOME'] ?? '';
  const home = homeFolder();
  const base = isAbsolute(set) ? set : home && join(home, '.cache');
  return base && join(base, 'striate', `onednn-${libraryRelease}`);
}

function homeFolder(): string | undefined {
  try {
    const home = homedir();
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined; // neither HOME nor an entry among the users
  }
}

/**
 * Where to look for the library, in this order: the option, the environment variable STRIATE_ONEDNN, the platform's
 * package, what `striate setup onednn` brought, the system.
 */
export function placesOfLibrary(library: string | undefined, environment: NodeJS.ProcessEnv = process.env): Place[] {
  if (library !== undefined) return [{ where: "the option 'library'", path: library }];
  const set = environment['STRIATE_ONEDNN'];
  if (set) return [{ where: 'STRIATE_ONEDNN', path: set }];
  const known = process.arch === 'x64' ? { sha256: librarySha256 } : {};
  const fromPackage = packagePath();
  const folder = cacheFolder(environment);
  const cached = folder && join(folder, libraryFile);
  return [
    ...(fromPackage ? [{ where: 'the platform package', path: fromPackage, ...known }] : []),
    ...(cached && existsSync(cached) ? [{ where: 'the cache', path: cached, ...known }] : []),
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
