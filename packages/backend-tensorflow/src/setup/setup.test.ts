import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
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
import { join } from 'node:path';
import { promisify } from 'node:util';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { filesProblem } from './installed-files.ts';
import { unpack } from './node-package.ts';
import type { Pinned } from './pinned.ts';
import { setUp, setupTensorFlow } from './setup.ts';
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

/** Puts a program of the system on the PATH. */
const linkProgram = (name: string): void =>
  symlinkSync(join(existsSync(`/usr/bin/${name}`) ? '/usr/bin' : '/bin', name), join(folder, 'bin', name));

/** Archives that this test has made itself. */
async function ownArchives(): Promise<Pinned> {
  mkdirSync(join(folder, 'content/package/binding'), { recursive: true });
  writeFileSync(join(folder, 'content/package/package.json'), '{}');
  await create({ file: join(folder, 'package.tgz'), cwd: join(folder, 'content'), gzip: true }, ['package']);
  const sha512 = createHash('sha512')
    .update(readFileSync(join(folder, 'package.tgz')))
    .digest('base64');
  program('npm', `echo "$@" >> "${folder}/calls"\ncp "${folder}/package.tgz" .`);
  return {
    wheels: {
      cpu: [{ name: 'tensorflow-cpu', version: '2.21.0', sha256: ['a'.repeat(64), 'b'.repeat(64)] }],
      cuda: [],
    },
    nodePackages: {
      'tfjs-node': { name: '@tensorflow/tfjs-node', version: '4.22.0', sha512 },
      'node-api-headers': { name: 'node-api-headers', version: '1.9.0', sha512 },
    },
  };
}

/** A compiler that writes its output. */
const compiler = (): void =>
  program('g++', 'while [ $# -gt 0 ]; do if [ "$1" = -o ]; then echo > "$2"; fi; shift; done');

/** A Python that makes environments out of itself, and says `words` when pip is called. */
function python(words: string): void {
  for (const name of ['mkdir', 'ln', 'touch', 'cat', 'cp'])
    if (!existsSync(join(folder, 'bin', name))) linkProgram(name);
  program(
    'python3',
    `echo "$@" >> "${folder}/calls"
case "$1" in -c) echo held; cat > "${folder}/ended"; exit ;; esac
case "$2" in
  venv) for last; do :; done; mkdir -p "$last/bin" "$last/lib/python3.11/site-packages/tensorflow"; ln -sf "$0" "$last/bin/python" ;;
  pip) ${words} ;;
esac`,
  );
}

const task = (log = (_line: string): void => {}): { folder: string; cuda: boolean; log: (line: string) => void } => ({
  folder: join(folder, 'tensorflow'),
  cuda: false,
  log,
});

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
    vi.stubEnv('XDG_CACHE_HOME', 'relative');
    expect(tensorflowFolder()).toBe('/home/ada/.cache/striate/tensorflow-2.21.0');
    vi.stubEnv('HOME', 'relative');
    expect(() => tensorflowFolder()).toThrow('this user has no home folder. Set STRIATE_TENSORFLOW to a folder.');
  });
});

describe.skipIf(process.platform !== 'linux')(
  'what is missing is named (on Linux, where the binding can be built)',
  () => {
    test('Python', async () => {
      expect(await message(setupTensorFlow())).toMatchInlineSnapshot(
        `"BackendError: tensorflow: 'python3' could not be started: it is not on the PATH. Install Python 3.10 to 3.13 with its venv module, or set PYTHON to an interpreter."`,
      );
    });

    test("Python's venv module", async () => {
      linkProgram('cat');
      program(
        'python3',
        'if [ "$1" = -c ]; then echo held; cat > /dev/null; else echo "No module named venv" >&2; exit 1; fi',
      );
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
      expect(await message(setUp(task(), await ownArchives()))).toMatchInlineSnapshot(
        `"BackendError: tensorflow: there is no C++ compiler (looked for g++, c++, clang++). On Debian and Ubuntu, apt install g++; or set CXX to one."`,
      );
    });
  },
);

describe.skipIf(process.platform !== 'linux')('again', () => {
  test('goes on where it was interrupted, and does nothing where all is done', async () => {
    python('true');
    const archives = await ownArchives();
    compiler();
    program('c++', 'exit 1');
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line.trim());
    await setUp(task(log), archives);
    expect(isSetUp(join(folder, 'tensorflow'))).toBe(true);
    expect(lines.some((line) => line.includes('is there'))).toBe(false);

    lines.length = 0;
    await setUp(task(log), archives);
    expect(lines.every((line) => line.endsWith('is there'))).toBe(true);

    // An interruption while pip was at work: no mark, so the wheel comes again, and the binding with it.
    rmSync(join(folder, 'tensorflow/python/tensorflow-is-complete'));
    lines.length = 0;
    await setUp(task(log), archives);
    expect(lines.filter((line) => !line.endsWith('is there')).map((line) => line.split(':')[0])).toEqual([
      'TensorFlow 2.21.0',
      'binding',
    ]);
  });

  test('brings anew what has changed', async () => {
    python('true');
    const archives = await ownArchives();
    compiler();
    const library = 'python/lib/python3.11/site-packages/tensorflow/libtensorflow_cc.so.2';
    const tensorflow = join(folder, 'tensorflow');
    python(`echo library > "${tensorflow}/${library}"`);
    await setUp(task(), archives);
    expect(filesProblem(tensorflow)).toBeUndefined();
    utimesSync(join(tensorflow, library), 1e9, 1e9);
    expect(filesProblem(tensorflow)).toBeUndefined();
    writeFileSync(join(tensorflow, library), 'librarz\n');
    expect(filesProblem(tensorflow)).toBe(`${library} has changed since it was installed`);
    const lines: string[] = [];
    await setUp(
      task((line) => void lines.push(line.trim())),
      archives,
    );
    expect(lines[0]).toBe(`${library} has changed since it was installed: installing it again`);
    expect(filesProblem(tensorflow, { whole: true })).toBeUndefined();
    rmSync(join(tensorflow, library));
    expect(filesProblem(tensorflow)).toBe(`${library} is missing`);
  });
});

describe.skipIf(process.platform !== 'linux')('what is fetched', () => {
  test('wheels are asked for by their SHA-256, and by nothing else', async () => {
    python('for last; do :; done; cat "$last" > /dev/null; touch "$0"');
    const archives = await ownArchives();
    compiler();
    await setUp(task(), archives);
    const call = readFileSync(join(folder, 'calls'), 'utf8')
      .split('\n')
      .find((line) => line.includes('pip install'));
    expect(call).toMatch(/--no-deps --require-hashes --only-binary=:all: -r \S+requirements.txt$/);
    expect(readFileSync(join(folder, 'tensorflow/python/requirements.txt'), 'utf8')).toBe(
      `tensorflow-cpu==2.21.0 --hash=sha256:${'a'.repeat(64)} --hash=sha256:${'b'.repeat(64)}`,
    );
    python('echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE" >&2; exit 1');
    rmSync(join(folder, 'tensorflow/python/tensorflow-is-complete'));
    expect(await message(setUp(task(), archives))).toContain('another file than the one that is known; it is not used');
  });

  test('another archive of npm than the known one is refused', async () => {
    python('true');
    const archives = await ownArchives();
    writeFileSync(join(folder, 'package.tgz'), 'another');
    expect(await message(setUp(task(), archives))).toMatch(
      /^BackendError: tensorflow: @tensorflow\/tfjs-node 4\.22\.0 has SHA-512 \S+, but \S+ was expected; it is not used/,
    );
    expect(isSetUp(join(folder, 'tensorflow'))).toBe(false);
  });

  test('an archive unpacks into its folder, without links', async () => {
    const [made, target] = ['made', 'target'].map((name) => join(folder, name));
    mkdirSync(join(made!, 'inner'), { recursive: true });
    mkdirSync(target!);
    writeFileSync(join(made!, 'file'), 'text');
    symlinkSync('/etc', join(made!, 'link'));
    const archive = async (name: string, cwd: string, path: string): Promise<string> => {
      await create({ file: join(folder, name), cwd, gzip: true, preservePaths: true }, [path]);
      return join(folder, name);
    };
    await unpack(await archive('good.tgz', made!, 'file'), target!);
    expect(readdirSync(target!)).toEqual(['file']);
    expect(await message(unpack(await archive('up.tgz', join(made!, 'inner'), '../file'), target!))).toMatch(
      /^BackendError: tensorflow: FOLDER\/up\.tgz cannot be unpacked: .*'\.\.'.* Run this again\.$/,
    );
    expect(await message(unpack(await archive('whole.tgz', made!, join(made!, 'file')), target!))).toMatch(
      /cannot be unpacked: .*absolute/,
    );
    expect(await message(unpack(await archive('link.tgz', made!, 'link'), target!))).toContain(
      'holds what is neither file nor folder (link); it is not used.',
    );
    writeFileSync(join(folder, 'text.tgz'), 'text');
    expect(await message(unpack(join(folder, 'text.tgz'), target!))).toContain('cannot be unpacked');
    expect(existsSync(join(folder, 'file'))).toBe(false);
    expect(readdirSync(target!)).not.toContain('link');
  });
});

describe.skipIf(process.platform !== 'linux')('the folder', () => {
  test("a stranger's is left alone", async () => {
    python('true');
    mkdirSync(join(folder, 'tensorflow/python'), { recursive: true });
    writeFileSync(join(folder, 'tensorflow/python/mine'), 'kept');
    expect(await message(setUp(task(), await ownArchives()))).toMatchInlineSnapshot(
      `"BackendError: tensorflow: FOLDER/tensorflow holds other things (python), which would be in the way. Set STRIATE_TENSORFLOW to a folder of its own, which need not be there yet."`,
    );
    expect(readdirSync(join(folder, 'tensorflow'), { recursive: true })).toEqual(['python', 'python/mine']);
  });

  test('that cannot be made is named', async () => {
    writeFileSync(join(folder, 'file'), '');
    vi.stubEnv('STRIATE_TENSORFLOW', join(folder, 'file/tensorflow'));
    expect(await message(setupTensorFlow())).toMatchInlineSnapshot(
      `"BackendError: tensorflow: FOLDER/file/tensorflow cannot be written (FOLDER/file is no folder). Make it a folder that you can write, or set STRIATE_TENSORFLOW to one."`,
    );
  });

  test.runIf(existsSync('/usr/bin/python3'))('has one setup at a time, by the lock of the system', async () => {
    vi.stubEnv('PYTHON', '/usr/bin/python3');
    const source = new URL('./one-at-a-time.ts', import.meta.url).href;
    const script = `import { appendFileSync } from 'node:fs';
      import { oneAtATime } from ${JSON.stringify(source)};
      const note = (word) => appendFileSync(${JSON.stringify(join(folder, 'notes'))}, word + ' ');
      await oneAtATime(${JSON.stringify(folder)}, () => {}, async () => {
        note('in');
        await new Promise((resolve) => setTimeout(resolve, 50));
        note('out');
      });
      await oneAtATime(${JSON.stringify(folder)}, () => {}, async () => process.kill(process.pid, 'SIGKILL'));`;
    const words = ['--conditions=@striate/source', '--input-type=module', '-e', script];
    const ends = await Promise.allSettled([1, 2, 3].map(() => promisify(execFile)(process.execPath, words)));
    for (const end of ends) expect(end).toMatchObject({ status: 'rejected', reason: { signal: 'SIGKILL' } });
    expect(readFileSync(join(folder, 'notes'), 'utf8')).toBe('in out '.repeat(3));
  });
});
