import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { versions } from './versions.ts';

/**
 * The folder that holds a TensorFlow of our own: STRIATE_TENSORFLOW, or one in the user's cache
 * (XDG_CACHE_HOME, or ~/.cache).
 */
export function tensorflowFolder({ cuda = false }: { cuda?: boolean } = {}): string {
  const { STRIATE_TENSORFLOW: chosen, XDG_CACHE_HOME: cache } = process.env;
  if (chosen) return chosen;
  const name = `tensorflow-${versions.tensorflow}${cuda ? '-cuda' : ''}`;
  return join(cache || join(homedir(), '.cache'), 'striate', name);
}

/** Where the binding lies inside of tfjs-node's package; 8 is the highest Node-API version that tfjs-node knows. */
export const bindingPath = 'lib/napi-v8/tfjs_binding.node';

/** tfjs-node's package in the folder of a TensorFlow of our own. */
export const packageFolder = (folder: string): string => join(folder, 'tfjs-node');

/** Whether `striate setup tensorflow` has finished in this folder: the binding is made last. */
export const isSetUp = (folder: string): boolean => existsSync(join(packageFolder(folder), bindingPath));

/** The file that says that TensorFlow's wheel has been installed as a whole. */
export const wheelMark = (folder: string, cuda: boolean): string =>
  join(folder, 'python', `tensorflow${cuda ? '-cuda' : ''}-is-complete`);

/** Whether the TensorFlow in this folder is the build for NVIDIA GPUs. */
export const hasCuda = (folder: string): boolean => existsSync(wheelMark(folder, true));
