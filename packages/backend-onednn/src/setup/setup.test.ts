import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cacheFolder, libraryFile } from '../library/find-library.ts';
import { fetchLibrary, isInstalled, oneDnn, type Release } from './fetch-library.ts';

const library = 'a library, as far as this test goes';
const wheel = 'a wheel that holds it';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const release: Release = { ...oneDnn, wheelSha256: sha256(wheel), librarySha256: sha256(library) };
const files = ['LICENSE', 'THIRD-PARTY-PROGRAMS', libraryFile];

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'striate-onednn-setup-'));
  folder = join(root, 'cache', 'onednn');
  const data = join(root, 'content', `onednn_cpu_gomp-${release.version}.data`, 'data');
  for (const [name, text] of [
    [join(data, 'lib', libraryFile), library],
    [join(data, 'share/doc/onednn/LICENSE'), 'a licence'],
    [join(data, 'share/doc/onednn/THIRD-PARTY-PROGRAMS'), 'others'],
    [join(root, 'fetched.whl'), wheel],
  ] as const) {
    mkdirSync(dirname(name), { recursive: true });
    writeFileSync(name, text);
  }
  python();
  vi.stubEnv('PYTHON', join(root, 'python'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

/** A Python whose index is a file, and which unpacks by copying. */
function python(pip = `cp "${root}/fetched.whl" "$d"`): void {
  writeFileSync(
    join(root, 'python'),
    `#!/bin/sh
case "$3" in
  --version) ;;
  download) while [ $# -gt 0 ]; do [ "$1" = -d ] && d=$2; shift; done; ${pip} ;;
  -e) cp -r "${root}/content" "$5" ;;
esac`,
  );
  chmodSync(join(root, 'python'), 0o755);
}

const content = (): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
const message = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing went wrong',
    (error: Error) => `${error.name}: ${error.message}`.replaceAll(root, 'ROOT'),
  );

describe.skipIf(process.platform !== 'linux')('the library (on Linux, where it can be used)', () => {
  test('is installed, and anew where its bytes have changed; what else lies there stays', async () => {
    await fetchLibrary(folder, release);
    expect(Object.keys(content()).toSorted()).toEqual(files.toSorted());
    expect(await isInstalled(folder, release)).toBe(true);
    expect(readdirSync(dirname(folder))).toEqual(['onednn']);
    writeFileSync(join(folder, libraryFile), library.replace('far', 'fat'));
    writeFileSync(join(folder, 'mine'), 'kept');
    mkdirSync(`${folder}.part-mine`);
    expect(await isInstalled(folder, release)).toBe(false);
    await fetchLibrary(folder, release);
    expect(content()).toMatchObject({ [libraryFile]: library, mine: 'kept' });
    expect(readdirSync(dirname(folder)).toSorted()).toEqual(['onednn', 'onednn.part-mine']);
  });

  test('by several processes at once: all end well, with whole files', async () => {
    const source = new URL('./fetch-library.ts', import.meta.url).href;
    const folders = Array.from({ length: 5 }, (_, index) => join(root, 'cache', String(index)));
    const script = `import { fetchLibrary } from ${JSON.stringify(source)};
      for (const folder of ${JSON.stringify(folders)}) await fetchLibrary(folder, ${JSON.stringify(release)});`;
    const words = ['--conditions=@striate/source', '--input-type=module', '-e', script];
    await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, words)));
    for (const one of folders) {
      expect(readdirSync(one).toSorted()).toEqual(files.toSorted());
      expect(await isInstalled(one, release)).toBe(true);
    }
    expect(readdirSync(join(root, 'cache'))).toHaveLength(folders.length);
  });

  test('from another wheel than the known one is refused, and the one that is there stays', async () => {
    await fetchLibrary(folder, release);
    const before = content();
    writeFileSync(join(root, 'fetched.whl'), 'another');
    expect(await message(fetchLibrary(folder, release))).toMatch(
      /^BackendError: onednn: the wheel onednn-cpu-gomp 2023\.2\.0 has SHA-256 \w{64}, but \w{64} was expected; it is not/,
    );
    python('true');
    expect(await message(fetchLibrary(folder, release))).toMatchInlineSnapshot(
      `"BackendError: onednn: pip brought no wheel of onednn-cpu-gomp. Check PIP_INDEX_URL."`,
    );
    python('echo "no route" >&2; exit 1');
    expect(await message(fetchLibrary(folder, release))).toContain('Check the network');
    expect(content()).toEqual(before);
    expect(readdirSync(dirname(folder))).toEqual(['onednn']);
  });

  test('where a folder cannot be made or a folder stands in its place, that is said', async () => {
    writeFileSync(join(root, 'file'), '');
    expect(await message(fetchLibrary(join(root, 'file', 'onednn'), release))).toMatchInlineSnapshot(
      `"BackendError: onednn: ROOT/file cannot be written (ROOT/file is no folder). Make it a folder that you can write, or set XDG_CACHE_HOME to one."`,
    );
    mkdirSync(join(folder, libraryFile, 'mine'), { recursive: true });
    expect(await message(fetchLibrary(folder, release))).toMatch(
      /^BackendError: onednn: ROOT\/cache\/onednn cannot be/,
    );
    expect(readdirSync(join(folder, libraryFile))).toEqual(['mine']);
  });

  test('what a killed run has left is removed after an hour', async () => {
    for (const name of ['onednn.part-old', 'onednn.part-new', 'another.part-old'])
      mkdirSync(join(root, 'cache', name), { recursive: true });
    for (const name of ['onednn.part-old', 'another.part-old']) utimesSync(join(root, 'cache', name), 1e9, 1e9);
    await fetchLibrary(folder, release);
    expect(readdirSync(join(root, 'cache')).toSorted()).toEqual(['another.part-old', 'onednn', 'onednn.part-new']);
  });

  test('comes through a link to a folder', async () => {
    mkdirSync(join(root, 'elsewhere'));
    mkdirSync(dirname(folder));
    symlinkSync(join(root, 'elsewhere'), folder);
    await fetchLibrary(folder, release);
    expect(readdirSync(join(root, 'elsewhere')).toSorted()).toEqual(files.toSorted());
  });
});

test.skipIf(process.platform === 'win32')('the cache is a whole path, or there is none', () => {
  const name = `striate/onednn-${release.version}`;
  expect(cacheFolder({ XDG_CACHE_HOME: '/cache' })).toBe(`/cache/${name}`);
  vi.stubEnv('HOME', '/home/ada');
  expect(cacheFolder({})).toBe(`/home/ada/.cache/${name}`);
  expect(cacheFolder({ XDG_CACHE_HOME: 'relative' })).toBe(`/home/ada/.cache/${name}`);
  vi.stubEnv('HOME', 'relative');
  expect(cacheFolder({})).toBeUndefined();
});
