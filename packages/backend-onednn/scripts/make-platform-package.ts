// Makes the npm package that carries oneDNN's shared library for this platform, ready for `npm publish FOLDER`:
//   pnpm --filter @striate/backend-onednn make-platform-package
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { libraryFile, libraryRelease } from '../src/library/find-library.ts';
import { fetchLibrary } from '../src/setup/fetch-library.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version, license, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
  'version' | 'license' | 'engines',
  unknown
>;
const platform = { os: 'linux', cpu: 'x64' };
const folder = join(root, 'platform', `onednn-${platform.os}-${platform.cpu}`);
const manifest = {
  name: `@striate/onednn-${platform.os}-${platform.cpu}`,
  version,
  description: `oneDNN's shared library (release ${libraryRelease}) for @striate/backend-onednn`,
  license,
  os: [platform.os],
  cpu: [platform.cpu],
  libc: ['glibc'],
  files: [libraryFile, 'LICENSE', 'THIRD-PARTY-PROGRAMS'],
  exports: { './package.json': './package.json' },
  publishConfig: { access: 'public' },
  engines,
};

await fetchLibrary(folder);
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(
  join(folder, 'README.md'),
  `# ${manifest.name}\n\n${manifest.description}: install it beside that package, which finds it. oneDNN is under the Apache License 2.0 (LICENSE); THIRD-PARTY-PROGRAMS lists what it contains.\n`,
);
process.stdout.write(`${folder}\n`);
