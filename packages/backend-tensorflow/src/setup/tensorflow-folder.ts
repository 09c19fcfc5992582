import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { BackendError } from '@striate/core';
import { versions } from './versions.ts';

/**
 * The folder that holds a TensorFlow of our own: STRIATE_TENSORFLOW, or one in the user's cache
 * (XDG_CACHE_HOME, or ~/.cache; a path that is not absolute counts as none).
 *
 * @throws {BackendError} if there is no such folder: a user without a home.
 */
export function tensorflowFolder({ cuda = false }: { cuda?: boolean } = {}): string {
  const { STRIATE_TENSORFLOW: chosen, XDG_CACHE_HOME: set = '' } = process.env;
  if (chosen) return resolve(chosen);
  const home = homeFolder();
  const base = isAbsolute(set) ? set : home && join(home, '.cache');
  if (base) return join(base, 'striate', `tensorflow-${versions.tensorflow}${cuda ? '-cuda' : ''}`);
  throw new BackendError(
    'tensorflow: there is no place for TensorFlow: this user has no home folder. Set STRIATE_TENSORFLOW to a folder.',
  );
}

function homeFolder(): string | undefined {
  try {
    const home = homedir();
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined; // neither HOME nor an entry among the users
  }
}

/** Where the binding lies inside of tfjs-node's package; 8 is the highest Node-API version that tfjs-node knows. */
export const bindingPath = 'lib/napi-v8/tfjs_binding.node';

/** tfjs-node's package in the folder of a TensorFlow of our own. */
export const packageFolder = (folder: string): string => join(folder, 'tfjs-node');

/** The record of what was installed, which is written last. */
export const recordOf = (folder: string): string => join(folder, 'installed-files.json');

/** Whether `striate setup tensorflow` has finished in this folder. */
export const isSetUp = (folder: string): boolean => existsSync(recordOf(folder));

/** The file that says that TensorFlow's wheel has been installed as a whole. */
export const wheelMark = (folder: string, cuda: boolean): string =>
  join(folder, 'python', `tensorflow${cuda ? '-cuda' : ''}-is-complete`);

/** Whether the TensorFlow in this folder is the build for NVIDIA GPUs. */
export const hasCuda = (folder: string): boolean => existsSync(wheelMark(folder, true));
