import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf, type Packed } from './pack-all.ts';

/** Projects of strangers: what TypeScript knows in them, and packages that no page uses. */
const projects: Readonly<Record<string, { lib: string[]; types: string[]; without: readonly string[] }>> = {
  'in Node, without the DOM': { lib: ['es2024'], types: ['node'], without: [] },
  "in a page, without Node's types": {
    lib: ['es2024', 'dom', 'dom.iterable'],
    types: [],
    without: ['striate', '@striate/backend-onednn', '@striate/backend-tensorflow'],
  },
};

/**
 * Declarations of the packages as they are packed, in strict projects that check libraries too (`skipLibCheck: false`).
 * What is wrong in declarations of others, such as tfjs-core's, is theirs.
 *
 * @param folder - a project that has the packages, and a `program.ts` that uses them
 * @returns the compiler's lines about our declarations
 */
export function typeErrors(folder: string, packages: readonly Packed[]): string[] {
  return Object.entries(projects).flatMap(([project, { lib, types, without }]) => {
    const paths = packages.flatMap(({ manifest }) => (without.includes(manifest.name) ? [] : entriesOf(manifest)));
    const lines = paths.map((path, index) => `export * as _${index} from '${path}';`);
    writeFileSync(join(folder, 'use.ts'), lines.join('\n'));
    const compilerOptions = { strict: true, skipLibCheck: false, noEmit: true, module: 'nodenext', target: 'es2024' };
    const files = types.includes('node') ? ['use.ts', 'program.ts'] : ['use.ts'];
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...compilerOptions, lib, types }, files }),
    );
    const { stdout, error } = spawnSync('tsc', ['-p', folder], { encoding: 'utf8', cwd: folder });
    if (error) return [`${project}: tsc: ${error.message}`];
    return stdout
      .split('\n')
      .filter((line) => /^(use\.ts|program\.ts|node_modules\/(@striate\/|striate\/)|error)/.test(line))
      .map((line) => `${project}: ${line}`);
  });
}
