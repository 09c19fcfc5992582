import { BackendError } from '@striate/core';
import { cacheFolder, libraryFile, libraryRelease } from '../library/find-library.ts';
import { fetchLibrary, isInstalled } from './fetch-library.ts';

/** Options of {@link setupOneDnn}. */
export interface SetupOptions {
  /** Is told what is done, line by line. Default: nobody is. */
  log?: (line: string) => void;
}

/**
 * Brings the shared library that `onednn()` loads into the user's cache (39 MB to download): oneDNN 3.2 with GNU
 * OpenMP, for Linux on x64. Costs nothing where it is there already and whole; may run several times at once.
 *
 * @returns the folder.
 * @throws {BackendError} on another platform, or if pip or the network is missing: what mends it.
 * @example
 * import { setupOneDnn } from '@striate/backend-onednn/setup';
 * const folder = await setupOneDnn({ log: console.log });
 */
export async function setupOneDnn({ log = () => {} }: SetupOptions = {}): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new BackendError(
      `onednn: the library comes for Linux on x64, and this is ${process.platform} on ${process.arch}. Build oneDNN 3 with OpenMP and pass onednn({ library: '/path/to/${libraryFile}' }).`,
    );
  }
  const folder = cacheFolder();
  if (folder === undefined) {
    throw new BackendError(
      'onednn: there is no place for the library: this user has no home folder. Set XDG_CACHE_HOME to a folder, by its whole path.',
    );
  }
  if (await isInstalled(folder)) {
    log(`oneDNN ${libraryRelease}: is there, in ${folder}`);
    return folder;
  }
  log(`oneDNN ${libraryRelease}: downloading 39 MB to ${folder}`);
  await fetchLibrary(folder);
  return folder;
}
