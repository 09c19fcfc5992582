import { existsSync, readdirSync, rmSync } from 'node:fs';
import fs from 'node:fs/promises';
import nodePath, { join } from 'node:path';
import { BackendError, makeFolders } from '@striate/core';
import { buildBinding } from './build-binding.ts';
import { filesProblem, recordFiles } from './installed-files.ts';
import { unpackNodePackage } from './node-package.ts';
import { lockFile, oneAtATime } from './one-at-a-time.ts';
import { pinned, type Pinned } from './pinned.ts';
import { installWheel, makeEnvironment } from './python.ts';
import type { SetupTask } from './setup-task.ts';
import { bindingPath, isSetUp, packageFolder, recordOf, tensorflowFolder, wheelMark } from './tensorflow-folder.ts';

/** Options of {@link setupTensorFlow}. */
export interface SetupOptions {
  /** Install the build for NVIDIA GPUs, with NVIDIA's libraries. Default false. */
  cuda?: boolean;
  /** Is told what is done, line by line. Default: nobody is. */
  log?: (line: string) => void;
}

/**
 * Installs what `tensorflow()` needs into the user's cache: TensorFlow's wheel in a Python environment, tfjs-node's
 * package, and its binding compiled against that TensorFlow. What is there already is kept, so that it can be run again
 * after an interruption; where all is done, only the libraries' content is checked. Runs at once wait for one another.
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
  await setUp({ folder, cuda, log }, pinned);
  return folder;
}

/** The same with other archives, for tests. */
export async function setUp(task: SetupTask, { wheels, nodePackages }: Pinned): Promise<void> {
  const { folder, cuda, log } = task;
  await makeFolder(folder);
  await oneAtATime(folder, log, async () => {
    removeDamaged(task);
    await makeEnvironment(task);
    await installWheel(task, wheels[cuda ? 'cuda' : 'cpu']);
    await unpackNodePackage(task, nodePackages['tfjs-node'], 'tfjs-node');
    await unpackNodePackage(task, nodePackages['node-api-headers'], 'node-api-headers');
    await buildBinding(task);
    if (filesProblem(folder) !== undefined) recordFiles(folder);
  });
}

/** Makes the folder, unless it is there; only an empty one, or one that a setup has begun, is written to. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await makeFolders({ fs, path: nodePath }, folder);
    const names = readdirSync(folder);
    const isOurs = names.includes(lockFile) || existsSync(join(folder, 'python', 'environment-is-complete'));
    if (isOurs || names.length === 0) return;
    throw new BackendError(
      `tensorflow: ${folder} holds other things (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', ...' : ''}), which would be in the way. Set STRIATE_TENSORFLOW to a folder of its own, which need not be there yet.`,
    );
  } catch (cause) {
    if (cause instanceof BackendError) throw cause;
    throw new BackendError(
      `tensorflow: ${folder} cannot be written (${(cause as Error).message}). Make it a folder that you can write, or set STRIATE_TENSORFLOW to one.`,
      { cause },
    );
  }
}

/** Whatever has changed since it was installed comes anew. */
function removeDamaged({ folder, cuda, log }: SetupTask): void {
  if (!isSetUp(folder)) return;
  const problem = filesProblem(folder, { whole: true });
  if (problem === undefined) return;
  log(`  ${problem}: installing it again`);
  const binding = join(packageFolder(folder), bindingPath);
  for (const file of [recordOf(folder), wheelMark(folder, cuda), binding]) rmSync(file, { force: true });
}
