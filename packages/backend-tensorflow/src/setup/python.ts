import { existsSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BackendError } from '@striate/core';
import { execute } from './execute.ts';
import type { Wheel } from './pinned.ts';
import type { SetupTask } from './setup-task.ts';
import { bindingPath, packageFolder, wheelMark } from './tensorflow-folder.ts';
import { versions } from './versions.ts';

const sizes = { cpu: { download: '0.3 GB', disk: 2.2e9 }, cuda: { download: '3 GB', disk: 9e9 } };

const environmentOf = (folder: string): string => join(folder, 'python');
/** The interpreter of the environment in `folder`. */
const interpreterOf = (folder: string): string => join(environmentOf(folder), 'bin', 'python');

/** The interpreter that environments are made of: PYTHON, or python3. */
export const systemPython = (): string => process.env['PYTHON'] || 'python3';

/** The Python packages in `folder`. */
export function sitePackages(folder: string): string {
  const library = join(environmentOf(folder), 'lib');
  return join(
    library,
    readdirSync(library).find((name) => name.startsWith('python'))!,
    'site-packages',
  );
}

/** Makes a virtual environment, unless there is one. */
export async function makeEnvironment({ folder, log }: SetupTask): Promise<void> {
  const isDone = join(environmentOf(folder), 'environment-is-complete');
  if (existsSync(isDone)) return log('  Python environment: is there');
  log('  Python environment: making it');
  const remedy = 'Install Python 3.10 to 3.13 with its venv module, or set PYTHON to an interpreter.';
  await execute(systemPython(), ['-m', 'venv', '--clear', environmentOf(folder)], { remedy });
  writeFileSync(isDone, '');
}

/**
 * Installs TensorFlow's wheel, and with CUDA NVIDIA's, by their SHA-256; not what they depend on, since only libraries and
 * headers are used, never the Python.
 */
export async function installWheel({ folder, cuda, log }: SetupTask, wheels: readonly Wheel[]): Promise<void> {
  const isDone = wheelMark(folder, cuda);
  if (existsSync(isDone)) return log(`  TensorFlow ${versions.tensorflow}: is there`);
  if (wheels.length === 0) {
    throw new BackendError(
      `tensorflow: there is no build ${cuda ? 'with CUDA ' : ''}for ${process.arch}.${cuda ? ' Leave out --cuda (cuda: true) for the CPU.' : ' Use wasm().'}`,
    );
  }
  const { download, disk } = sizes[cuda ? 'cuda' : 'cpu'];
  checkSpace(folder, disk);
  log(`  TensorFlow ${versions.tensorflow}${cuda ? ' with CUDA' : ''}: downloading and unpacking (about ${download})`);
  const requirements = join(environmentOf(folder), 'requirements.txt');
  writeFileSync(requirements, wheels.map(requirement).join('\n'));
  const options = ['--disable-pip-version-check', '--no-compile', '--ignore-installed', '--no-deps'];
  const pinning = ['--require-hashes', '--only-binary=:all:', '-r', requirements];
  const args = ['-m', 'pip', 'install', ...options, ...pinning];
  await execute(interpreterOf(folder), args, { remedy: 'Run this again; what is done is kept.', show: true });
  // A binding for another build would not fit.
  rmSync(wheelMark(folder, !cuda), { force: true });
  rmSync(join(packageFolder(folder), bindingPath), { force: true });
  writeFileSync(isDone, '');
}

const requirement = ({ name, version, sha256 }: Wheel): string =>
  [`${name}==${version}`, ...sha256.map((digest) => `--hash=sha256:${digest}`)].join(' ');

function checkSpace(folder: string, needed: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new BackendError(
    `tensorflow: ${gigabytes(needed)} are needed in ${folder}, but ${gigabytes(free)} are free. Make room, or set STRIATE_TENSORFLOW to a folder elsewhere.`,
  );
}
