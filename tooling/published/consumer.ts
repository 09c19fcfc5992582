import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { entriesOf, type Packed } from './pack-all.ts';

/**
 * A project with the packages as they would be installed, made quickly: unpacked, and beside them, by links, those that
 * they depend on as this workspace has them. `pnpm proof publish` installs them in earnest.
 *
 * @param folder - a new one
 */
export function makeConsumer(folder: string, packages: readonly Packed[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  for (const { tarball, manifest } of packages) {
    const target = join(folder, 'node_modules', manifest.name);
    mkdirSync(target, { recursive: true });
    spawnSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
    const source = join('packages', manifest.name.replace('@striate/', '').replace('striate', 'cli'));
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      if (!name.startsWith('@striate/')) link(folder, name, source);
    }
  }
  link(folder, '@types/node', '.');
}

/**
 * Imports everything that can be imported of the packages, then runs the program that a stranger would write, in the
 * folder of a project that has them installed.
 *
 * @returns what went wrong
 */
export function runProgram(folder: string, packages: readonly Packed[]): string[] {
  const imports = packages.flatMap(({ manifest }) => entriesOf(manifest)).map((path) => `import '${path}';\n`);
  writeFileSync(join(folder, 'import-all.mjs'), imports.join(''));
  cpSync(join(import.meta.dirname, 'program.ts'), join(folder, 'program.ts'));
  return ['import-all.mjs', 'program.ts'].flatMap((file) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' });
    return status === 0 ? [] : [`node ${file}: ${stdout}${stderr}`];
  });
}

function link(folder: string, name: string, from: string): void {
  const [source, target] = [resolve(from, 'node_modules', name), join(folder, 'node_modules', name)];
  if (existsSync(target) || !existsSync(source)) return;
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(source, target, 'junction');
}
