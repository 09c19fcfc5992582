import { mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import fs from 'node:fs/promises';
import nodePath, { basename, dirname, join } from 'node:path';
import { BackendError, makeFolders } from '@striate/core';
import { libraryFile, libraryRelease, librarySha256 } from '../library/find-library.ts';
import { sha256Of } from '../library/sha256-of.ts';
import { execute } from './execute.ts';

/** What is fetched, to the bit. */
export interface Release {
  /** Project of the Python index, and its version. */
  readonly project: string;
  readonly version: string;
  readonly platform: string;
  readonly wheelSha256: string;
  readonly librarySha256: string;
}

export const oneDnn: Release = {
  project: 'onednn-cpu-gomp',
  version: libraryRelease,
  platform: 'manylinux1_x86_64',
  wheelSha256: '2f22a54d6a890ed14bfa185d42a4be65d8b5b1df85dc1f0f3a9abe31620416fb',
  librarySha256,
};

const licences = ['LICENSE', 'THIRD-PARTY-PROGRAMS'];

/** Whether the library lies in a folder, to the bit. */
export async function isInstalled(folder: string, release: Release = oneDnn): Promise<boolean> {
  const path = join(folder, libraryFile);
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  return isFile && (await sha256Of(path)) === release.librarySha256;
}

/**
 * Fetches oneDNN's wheel with pip, checks it, and puts its shared library and licences into a folder, each whole or not
 * at all, the library last. What else lies in the folder stays. Several at once end in the same files.
 *
 * @throws {BackendError} if pip is missing, the network is, the wheel is not the one that is known, or the folder cannot
 * be written.
 */
export async function fetchLibrary(folder: string, release: Release = oneDnn): Promise<void> {
  const work = await makeWorkFolder(folder);
  try {
    const wheel = await download(work, release);
    await checkWheel(wheel, release);
    const unpacked = join(work, 'wheel');
    await execute(python(), ['-m', 'zipfile', '-e', wheel, unpacked], 'The disk may be full: make room.');
    const content = join(unpacked, `${release.project.replaceAll('-', '_')}-${release.version}.data`, 'data');
    const texts = licences.map((name) => join(content, 'share', 'doc', 'onednn', name));
    await makeFolders({ fs, path: nodePath }, folder);
    // Another run may have been faster.
    if (await isInstalled(folder, release)) return;
    // Renaming replaces a file in one step; a process that has loaded the one before keeps it.
    for (const file of [...texts, join(content, 'lib', libraryFile)]) renameSync(file, join(folder, basename(file)));
  } catch (error) {
    throw error instanceof BackendError ? error : unwritable(folder, error as NodeJS.ErrnoException);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A folder of our own beside the target, on the same disk; those of runs that were killed are removed after an hour. */
async function makeWorkFolder(folder: string): Promise<string> {
  const [parent, start] = [dirname(folder), `${basename(folder)}.part-`];
  try {
    await makeFolders({ fs, path: nodePath }, parent);
    for (const name of readdirSync(parent).filter((one) => one.startsWith(start))) {
      const left = statSync(join(parent, name), { throwIfNoEntry: false });
      if (left && Date.now() - left.mtimeMs > 3_600_000) rmSync(join(parent, name), { recursive: true, force: true });
    }
    return mkdtempSync(join(parent, start));
  } catch (cause) {
    throw unwritable(parent, cause as NodeJS.ErrnoException);
  }
}

function unwritable(folder: string, cause: NodeJS.ErrnoException): BackendError {
  return new BackendError(
    `onednn: ${folder} cannot be written (${cause.message}). Make it a folder that you can write, or set XDG_CACHE_HOME to one.`,
    { cause },
  );
}

const python = (): string => process.env['PYTHON'] || 'python3';

async function download(work: string, { project, version, platform }: Release): Promise<string> {
  const pip = await interpreterWithPip(work);
  const what = ['-m', 'pip', 'download', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'];
  const args = [...what, '--platform', platform, '-d', work, `${project}==${version}`];
  await execute(pip, args, 'Check the network (HTTPS_PROXY, PIP_INDEX_URL) and run this again.');
  const wheel = readdirSync(work).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new BackendError(`onednn: pip brought no wheel of ${project}. Check PIP_INDEX_URL.`);
  return join(work, wheel);
}

/** Debian's Python comes without pip; a virtual environment brings one. */
async function interpreterWithPip(work: string): Promise<string> {
  try {
    await execute(python(), ['-m', 'pip', '--version'], '');
    return python();
  } catch {
    const environment = join(work, 'python');
    await execute(
      python(),
      ['-m', 'venv', environment],
      'Install Python 3 with pip or with its venv module (on Debian and Ubuntu: apt install python3-venv).',
    );
    return join(environment, 'bin', 'python');
  }
}

async function checkWheel(path: string, { project, version, wheelSha256 }: Release): Promise<void> {
  const found = await sha256Of(path);
  if (found === wheelSha256) return;
  throw new BackendError(
    `onednn: the wheel ${project} ${version} has SHA-256 ${found}, but ${wheelSha256} was expected; it is not used. Check PIP_INDEX_URL.`,
  );
}
