import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Installs packages of Debian, saying so, where that can be done without asking: as root on Debian.
 *
 * @returns why they cannot be had, or nothing once they are there
 * @example
 * const refusal = installFromDebian(['chromium']);
 * if (refusal) console.log(refusal);
 */
export function installFromDebian(packages: readonly string[]): string | undefined {
  if (packages.every(isInstalled)) return undefined;
  const names = packages.join(' ');
  if (!isDebian()) return `only Debian's packages are installed without asking, and this is not Debian`;
  if (process.getuid?.() !== 0) return `installing needs root: sudo apt-get install ${names}`;
  console.log(`installing Debian's ${names} (apt-get, as root)`);
  aptGet(['update', '-qq']);
  const { status, stderr } = aptGet(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  return status === 0 ? undefined : `apt-get install ${names} failed: ${stderr.trim().split('\n').at(-1)}`;
}

function aptGet(args: readonly string[]): { status: number | null; stderr: string } {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stderr, error } = spawnSync('apt-get', args, { encoding: 'utf8', env: environment });
  return { status, stderr: error?.message ?? stderr };
}

function isInstalled(name: string): boolean {
  const { stdout } = spawnSync('dpkg-query', ['--show', '--showformat=${db:Status-Status}', name], {
    encoding: 'utf8',
  });
  return stdout === 'installed';
}

function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}
