// Packs every public package and checks the tarball: publint, and types as an ESM-only consumer sees them.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.ts';

const destination = mkdtempSync(join(tmpdir(), 'striate-pack-'));
for (const directory of readdirSync('packages')) {
  const manifest = JSON.parse(readFileSync(join('packages', directory, 'package.json'), 'utf8')) as {
    private?: boolean;
  };
  if (manifest.private) continue;
  run('pnpm', ['--dir', join('packages', directory), 'pack', '--silent', '--pack-destination', destination]);
}
for (const tarball of readdirSync(destination).map((name) => join(destination, name))) {
  run('publint', ['run', tarball, '--strict']);
  run('attw', [tarball, '--profile', 'esm-only', '--format', 'ascii', '--quiet']);
}
rmSync(destination, { recursive: true });
