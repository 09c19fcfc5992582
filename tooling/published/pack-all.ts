import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What of a package.json is looked at. */
export interface Manifest {
  name: string;
  exports: Record<string, unknown>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/** A package as it would be published. */
export interface Packed {
  tarball: string;
  /** As it stands in the tarball. */
  manifest: Manifest;
  /** Paths of the files in it. */
  files: string[];
}

/** Packs every package of packages/ into a folder. They must have been built. */
export function packAll(destination: string): Packed[] {
  const args = ['--recursive', '--filter', './packages/*', 'pack', '--json', '--pack-destination', destination];
  const packed = JSON.parse(output('pnpm', args)) as { filename: string; files: { path: string }[] }[];
  return packed.map(({ filename, files }) => ({
    tarball: filename,
    manifest: JSON.parse(output('tar', ['-xzOf', filename, 'package/package.json'])) as Manifest,
    files: files.map(({ path }) => path),
  }));
}

/** What others can import of a package: '@striate/core', '@striate/core/backend'. What is internal is for packages of ours. */
export const entriesOf = ({ name, exports }: Manifest): string[] =>
  Object.keys(exports)
    .filter((path) => !path.endsWith('.json') && path !== './internal')
    .map((path) => join(name, path));

function output(command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}
