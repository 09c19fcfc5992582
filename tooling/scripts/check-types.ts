import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Projects of strangers: what TypeScript knows in them, and the packages that they use. */
const projects: Readonly<Record<string, { lib: string[]; types: string[]; packages: readonly string[] | 'all' }>> = {
  'in Node, without the DOM': { lib: ['es2024'], types: ['node'], packages: 'all' },
  "in a page, without Node's types": {
    lib: ['es2024', 'dom', 'dom.iterable'],
    types: [],
    packages: ['core', 'layers', 'regularizers', 'data', 'weights', 'train', 'zoo', 'backend-wasm', 'backend-webgpu'],
  },
};

interface Manifest {
  name: string;
  exports: Record<string, unknown>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/**
 * Declarations of the packages as they are packed, in strict projects that check libraries too (`skipLibCheck: false`).
 * What is wrong in declarations of others, such as tfjs-core's, is theirs.
 *
 * @param folder - an empty one
 * @param tarballs - of all public packages
 * @returns the compiler's lines about our declarations
 */
export function typeErrors(folder: string, tarballs: readonly string[]): string[] {
  const imports = new Map<string, string[]>();
  for (const tarball of tarballs) {
    const { name, exports } = unpack(folder, tarball);
    const paths = Object.entries(exports).filter(([path]) => !path.endsWith('.json'));
    imports.set(
      name,
      paths.map(([path]) => join(name, path)),
    );
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  link(folder, '@types/node', '.');
  return Object.entries(projects).flatMap(([project, { lib, types, packages }]) => {
    const used = [...imports].filter(
      ([name]) => packages === 'all' || packages.includes(name.replace('@striate/', '')),
    );
    const lines = used.flatMap(([, paths]) => paths).map((path, index) => `export * as _${index} from '${path}';`);
    writeFileSync(join(folder, 'use.ts'), lines.join('\n'));
    const compilerOptions = { strict: true, skipLibCheck: false, noEmit: true, module: 'nodenext', target: 'es2024' };
    const configuration = { compilerOptions: { ...compilerOptions, lib, types }, files: ['use.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration));
    const { stdout } = spawnSync('tsc', ['-p', folder], { encoding: 'utf8', cwd: folder });
    return stdout
      .split('\n')
      .filter((line) => /^(use\.ts|node_modules\/@striate\/)/.test(line))
      .map((line) => `${project}: ${line}`);
  });
}

/** Puts a package where a project would have it, beside what it depends on. */
function unpack(folder: string, tarball: string): Manifest {
  const { stdout } = spawnSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' });
  const manifest = JSON.parse(stdout) as Manifest;
  const target = join(folder, 'node_modules', manifest.name);
  mkdirSync(target, { recursive: true });
  spawnSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
  const source = join('packages', manifest.name.replace('@striate/', '').replace('striate', 'cli'));
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    if (!name.startsWith('@striate/')) link(folder, name, source);
  }
  return manifest;
}

function link(folder: string, name: string, from: string): void {
  const [source, target] = [resolve(from, 'node_modules', name), join(folder, 'node_modules', name)];
  if (existsSync(target) || !existsSync(source)) return;
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(source, target, 'junction');
}
