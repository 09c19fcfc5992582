// Packs every public package and checks the tarball: publint, types as an ESM-only consumer sees them, and declarations
// in strict projects that check libraries too.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { typeErrors } from './check-types.ts';
import { run } from './run.ts';

const destination = mkdtempSync(join(tmpdir(), 'striate-pack-'));
for (const directory of readdirSync('packages')) {
  const manifest = JSON.parse(readFileSync(join('packages', directory, 'package.json'), 'utf8')) as {
    private?: boolean;
  };
  if (manifest.private) continue;
  run('pnpm', ['--dir', join('packages', directory), 'pack', '--silent', '--pack-destination', destination]);
}
const tarballs = readdirSync(destination).map((name) => join(destination, name));
for (const tarball of tarballs) {
  run('publint', ['run', tarball, '--strict']);
  run('attw', [tarball, '--profile', 'esm-only', '--format', 'ascii', '--quiet']);
}
const project = join(destination, 'project');
mkdirSync(project);
const errors = typeErrors(project, tarballs);
rmSync(destination, { recursive: true });
if (errors.length > 0) {
  console.error(`Declarations that a project with skipLibCheck: false would not take:\n${errors.join('\n')}`);
  process.exitCode = 1;
}
