import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BackendError } from '@striate/core';
import { extract } from 'tar';
import { execute } from './execute.ts';
import type { NodePackage } from './pinned.ts';
import type { SetupTask } from './setup-task.ts';

/** Downloads a package of npm without running its scripts or installing what it depends on, checks and unpacks it. */
export async function unpackNodePackage(
  { folder, log }: SetupTask,
  nodePackage: NodePackage,
  target: string,
): Promise<void> {
  const { name, version } = nodePackage;
  const isDone = join(folder, target, 'package.json');
  if (existsSync(isDone)) return log(`  ${name} ${version}: is there`);
  log(`  ${name} ${version}: downloading`);
  const staging = join(folder, `${target}.part`);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const npm = ['pack', `${name}@${version}`, '--pack-destination', staging, '--loglevel=error'];
  await execute('npm', npm, { cwd: staging, remedy: 'npm is needed; it comes with Node.' });
  const archive = readdirSync(staging).find((file) => file.endsWith('.tgz'));
  if (archive === undefined) throw new BackendError(`tensorflow: npm brought no archive of ${name}. Run this again.`);
  checkArchive(join(staging, archive), nodePackage);
  await unpack(join(staging, archive), staging);
  rmSync(join(folder, target), { recursive: true, force: true });
  // Only what is complete gets its name.
  renameSync(join(staging, 'package'), join(folder, target));
  rmSync(staging, { recursive: true, force: true });
}

function checkArchive(path: string, { name, version, sha512 }: NodePackage): void {
  const found = createHash('sha512').update(readFileSync(path)).digest('base64');
  if (found === sha512) return;
  throw new BackendError(
    `tensorflow: ${name} ${version} has SHA-512 ${found}, but ${sha512} was expected; it is not used. Check npm's registry (npm config get registry).`,
  );
}

/**
 * Unpacks files and folders, into `folder` and nowhere else.
 *
 * @throws {BackendError} if the archive holds links, or paths that lead out of the folder.
 */
export async function unpack(archive: string, folder: string): Promise<void> {
  const other: string[] = [];
  try {
    await extract({
      file: archive,
      cwd: folder,
      // What would be changed with a warning, such as a path that leads out, is an error.
      strict: true,
      filter(path, entry) {
        const isPlain = 'type' in entry && ['File', 'OldFile', 'Directory'].includes(entry.type);
        if (!isPlain) other.push(path);
        return isPlain;
      },
    });
  } catch (cause) {
    throw new BackendError(`tensorflow: ${archive} cannot be unpacked: ${(cause as Error).message}. Run this again.`, {
      cause,
    });
  }
  if (other.length === 0) return;
  throw new BackendError(`tensorflow: ${archive} holds what is neither file nor folder (${other[0]}); it is not used.`);
}
