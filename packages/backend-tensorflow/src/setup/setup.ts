import { mkdirSync } from 'node:fs';
import { BackendError } from '@striate/core';
import { buildBinding } from './build-binding.ts';
import { unpackNodePackage } from './node-package.ts';
import { installWheel, makeEnvironment } from './python.ts';
import { tensorflowFolder } from './tensorflow-folder.ts';

/** Options of {@link setupTensorFlow}. */
export interface SetupOptions {
  /** Install the build for NVIDIA GPUs, with NVIDIA's libraries. Default false. */
  cuda?: boolean;
  /** Is told what is done, line by line. Default: nobody is. */
  log?: (line: string) => void;
}

/** One run of the setup. */
export interface SetupTask {
  readonly folder: string;
  readonly cuda: boolean;
  readonly log: (line: string) => void;
}

/**
 * Installs what `tensorflow()` needs into the user's cache: TensorFlow's wheel in a Python environment, tfjs-node's
 * package, and its binding compiled against that TensorFlow. What is there already is kept, so that it can be run again
 * after an interruption, and costs nothing where all is done.
 *
 * @returns the folder.
 * @throws {BackendError} if something is missing (Python, a compiler, the network, room on the disk), and what mends it.
 * @example
 * import { setupTensorFlow } from '@striate/backend-tensorflow/setup';
 * const folder = await setupTensorFlow({ log: console.log });
 */
export async function setupTensorFlow({ cuda = false, log = () => {} }: SetupOptions = {}): Promise<string> {
  if (process.platform !== 'linux') {
    throw new BackendError(
      `tensorflow: the binding is built on Linux only, and this is ${process.platform}. Install @tensorflow/tfjs-node in your project instead.`,
    );
  }
  const folder = tensorflowFolder({ cuda });
  log(`TensorFlow in ${folder}`);
  mkdirSync(folder, { recursive: true });
  const task: SetupTask = { folder, cuda, log };
  await makeEnvironment(task);
  await installWheel(task);
  await unpackNodePackage(task, '@tensorflow/tfjs-node', 'tfjs-node');
  await unpackNodePackage(task, 'node-api-headers', 'node-api-headers');
  await buildBinding(task);
  return folder;
}
