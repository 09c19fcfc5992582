import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { setupTensorFlow } from './setup.ts';
import { isSetUp, tensorflowFolder } from './tensorflow-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'striate-setup-'));
  mkdirSync(join(folder, 'bin'));
  vi.stubEnv('STRIATE_TENSORFLOW', join(folder, 'tensorflow'));
  vi.stubEnv('PATH', join(folder, 'bin'));
  vi.stubEnv('PYTHON', '');
  vi.stubEnv('CXX', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Puts a program of a few shell lines on the PATH. */
function program(name: string, lines: string): void {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
}

/** A Python that makes environments out of itself, and says `words` when pip is called. */
function python(words: string): void {
  for (const name of ['mkdir', 'ln', 'tar', 'touch', 'cat'])
    symlinkSync(join(existsSync(`/usr/bin/${name}`) ? '/usr/bin' : '/bin', name), join(folder, 'bin', name));
  program(
    'python3',
    `echo "$@" >> "${folder}/calls"
case "$2" in
  venv) for last; do :; done; mkdir -p "$last/bin" "$last/lib/python3.11/site-packages/tensorflow"; ln -sf "$0" "$last/bin/python" ;;
  pip) ${words} ;;
  tarfile) mkdir -p "$5/package/binding"; touch "$5/package/package.json" ;;
esac`,
  );
}

const message = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing went wrong',
    (error: Error) => `${error.name}: ${error.message}`.replaceAll(folder, 'FOLDER'),
  );

describe('where', () => {
  test('in the cache of the user, unless STRIATE_TENSORFLOW says otherwise', () => {
    expect(tensorflowFolder()).toBe(join(folder, 'tensorflow'));
    vi.stubEnv('STRIATE_TENSORFLOW', '');
    vi.stubEnv('XDG_CACHE_HOME', '/cache');
    expect(tensorflowFolder()).toBe('/cache/striate/tensorflow-2.21.0');
    expect(tensorflowFolder({ cuda: true })).toBe('/cache/striate/tensorflow-2.21.0-cuda');
    vi.stubEnv('XDG_CACHE_HOME', '');
    vi.stubEnv('HOME', '/home/ada');
    expect(tensorflowFolder()).toBe('/home/ada/.cache/striate/tensorflow-2.21.0');
  });
});

describe.skipIf(process.platform !== 'linux')(
  'what is missing is named (on Linux, where the binding can be built)',
  () => {
    test('Python', async () => {
      expect(await message(setupTensorFlow())).toMatchInlineSnapshot(
        `"BackendError: tensorflow: 'python3 -m venv --clear FOLDER/tensorflow/python' could not be started: it is not on the PATH. Install Python 3.10 to 3.13 with its venv module, or set PYTHON to an interpreter."`,
      );
    });

    test("Python's venv module", async () => {
      program('python3', 'echo "No module named venv" >&2; exit 1');
      expect(await message(setupTensorFlow())).toMatch(
        /exit code 1:\n {2}No module named venv\n.*apt install python3-venv/,
      );
    });

    test.each([
      [
        'the network',
        'Max retries exceeded: Temporary failure in name resolution',
        'There is no way to the package index',
      ],
      [
        'a wheel for this Python',
        'ERROR: No matching distribution found for tensorflow-cpu',
        'use Python 3.10 to 3.13',
      ],
      ['room on the disk', 'OSError: [Errno 28] No space left on device', 'The disk is full'],
      ['something else', 'boom', 'what is done is kept'],
    ])('%s', async (_, words, remedy) => {
      python(`echo "${words}" >&2; exit 1`);
      const said = await message(setupTensorFlow());
      expect(said).toContain(words);
      expect(said).toContain(remedy);
    });

    test('a compiler', async () => {
      python('true');
      program('npm', 'for last; do folder="$last"; done; touch "package.tgz"');
      expect(await message(setupTensorFlow())).toMatchInlineSnapshot(
        `"BackendError: tensorflow: there is no C++ compiler (looked for g++, c++, clang++). On Debian and Ubuntu, apt install g++; or set CXX to one."`,
      );
    });
  },
);

describe.skipIf(process.platform !== 'linux')('again', () => {
  test('goes on where it was interrupted, and does nothing where all is done', async () => {
    python('true');
    program('npm', 'touch "package.tgz"');
    program('g++', 'while [ $# -gt 0 ]; do if [ "$1" = -o ]; then echo > "$2"; fi; shift; done');
    program('c++', 'exit 1');
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line.trim());
    await setupTensorFlow({ log });
    expect(isSetUp(join(folder, 'tensorflow'))).toBe(true);
    expect(lines.some((line) => line.includes('is there'))).toBe(false);

    lines.length = 0;
    await setupTensorFlow({ log });
    expect(lines.slice(1).every((line) => line.endsWith('is there'))).toBe(true);

    // An interruption while pip was at work: no mark, so the wheel comes again, and the binding with it.
    rmSync(join(folder, 'tensorflow/python/tensorflow-is-complete'));
    lines.length = 0;
    await setupTensorFlow({ log });
    expect(lines.filter((line) => !line.endsWith('is there')).map((line) => line.split(':')[0])).toEqual([
      `TensorFlow in ${join(folder, 'tensorflow')}`,
      'TensorFlow 2.21.0',
      'binding',
    ]);
  });
});
