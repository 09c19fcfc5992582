import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BackendError } from '@striate/core';
import { libraryFile, libraryRelease } from '../library/find-library.ts';
import { execute } from './execute.ts';

const wheel = {
  project: 'onednn-cpu-gomp',
  platform: 'manylinux1_x86_64',
  sha256: '2f22a54d6a890ed14bfa185d42a4be65d8b5b1df85dc1f0f3a9abe31620416fb',
};

const licences = ['LICENSE', 'THIRD-PARTY-PROGRAMS'];

/**
 * Fetches oneDNN's wheel with pip, checks it, and puts its shared library and licences into a folder, which is there
 * whole or not at all.
 *
 * @throws {BackendError} if pip is missing, the network is, or the wheel is not the one that is known.
 */
export async function fetchLibrary(folder: string): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.`);
  try {
    const downloaded = await download(work);
    checkSum(downloaded);
    const unpacked = join(work, 'wheel');
    await execute(python, ['-m', 'zipfile', '-e', downloaded, unpacked], 'The disk may be full: make room.');
    const content = join(
      unpacked,
      readdirSync(unpacked).find((name) => name.endsWith('.data'))!,
      'data',
    );
    const target = join(work, 'library');
    mkdirSync(target);
    copyFileSync(join(content, 'lib', libraryFile), join(target, libraryFile));
    for (const name of licences) copyFileSync(join(content, 'share', 'doc', 'onednn', name), join(target, name));
    rmSync(folder, { recursive: true, force: true });
    renameSync(target, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const python = process.env['PYTHON'] || 'python3';

async function download(work: string): Promise<string> {
  const pip = await interpreterWithPip(work);
  const what = ['-m', 'pip', 'download', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'];
  const args = [...what, '--platform', wheel.platform, '-d', work, `${wheel.project}==${libraryRelease}`];
  await execute(pip, args, 'Check the network (HTTPS_PROXY, PIP_INDEX_URL) and run this again.');
  return join(
    work,
    readdirSync(work).find((name) => name.endsWith('.whl'))!,
  );
}

/** Debian's Python comes without pip; a virtual environment brings one. */
async function interpreterWithPip(work: string): Promise<string> {
  try {
    await execute(python, ['-m', 'pip', '--version'], '');
    return python;
  } catch {
    const environment = join(work, 'python');
    await execute(
      python,
      ['-m', 'venv', environment],
      'Install Python 3 with pip or with its venv module (on Debian and Ubuntu: apt install python3-venv).',
    );
    return join(environment, 'bin', 'python');
  }
}

function checkSum(path: string): void {
  const found = createHash('sha256').update(readFileSync(path)).digest('hex');
  if (found === wheel.sha256) return;
  throw new BackendError(
    `onednn: the wheel ${wheel.project} ${libraryRelease} has SHA-256 ${found}, but ${wheel.sha256} was expected; it is not used. Check PIP_INDEX_URL.`,
  );
}
