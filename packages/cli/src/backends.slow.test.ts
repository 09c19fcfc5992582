import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeSmallMnist } from './testing/small-mnist.ts';
import { striateWith, type Ended } from './testing/striate.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const isLinux = process.platform === 'linux' && process.arch === 'x64';
const cacheName = 'onednn-2023.2.0';
const real =
  process.env['STRIATE_ONEDNN'] ||
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'striate', cacheName, 'libdnnl.so.3');
const hasLibrary = isLinux && existsSync(real);
const required = (process.env['STRIATE_REQUIRE'] ?? '').split(',').includes('onednn');

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
/** Variables under which no oneDNN is found but where a test puts one. */
let bare: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeSmallMnist(join(folder.path, 'small'), { train: 400, test: 100 });
  bare = { STRIATE_ONEDNN: undefined, XDG_CACHE_HOME: join(folder.path, 'empty') };
});
afterAll(() => folder.remove());

const doctor = (environment: NodeJS.ProcessEnv, cwd = folder.path): Promise<Ended> =>
  striateWith({ ...bare, ...environment }, cwd, 'doctor', '--backend', 'onednn');

const train = (environment: NodeJS.ProcessEnv, backend: string, out: string): Promise<Ended> => {
  const words = ['--directory', 'small', '--model', 'mnist-cnn', '--epochs', '1', '--threads', '2', '--out', out];
  return striateWith({ ...bare, ...environment }, folder.path, 'train', ...words, '--backend', backend, '--json');
};

test.runIf(required)('oneDNN is there, since STRIATE_REQUIRE says so', () => {
  expect(hasLibrary).toBe(true);
});

describe.skipIf(!hasLibrary)('with oneDNN', () => {
  /** The real library under its name in a new folder. */
  const put = (...path: readonly string[]): string => {
    const file = join(folder.path, ...path, 'libdnnl.so.3');
    mkdirSync(dirname(file), { recursive: true });
    symlinkSync(real, file);
    return file;
  };

  test.each([
    ['the variable', () => ({ STRIATE_ONEDNN: real }), () => folder.path, () => `${real}, from STRIATE_ONEDNN`],
    [
      'the cache',
      () => ({ XDG_CACHE_HOME: join(folder.path, 'cache') }),
      () => folder.path,
      () => put('cache', 'striate', cacheName),
    ],
    ['the system', () => ({ LD_LIBRARY_PATH: join(folder.path, 'system') }), () => folder.path, () => put('system')],
    [
      'the platform package of the project',
      () => ({}),
      () => join(folder.path, 'project'),
      () => {
        const packageFolder = ['project', 'node_modules', '@striate', 'onednn-linux-x64'];
        const path = put(...packageFolder);
        writeFileSync(join(folder.path, ...packageFolder, 'package.json'), '{"name":"@striate/onednn-linux-x64"}');
        return path;
      },
    ],
  ])('doctor finds it by %s, and tells version and instruction sets', async (_, environment, cwd, place) => {
    const path = place();
    const { code, stdout, stderr } = await doctor(environment(), cwd());
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^onednn +works: oneDNN 3\.\d+\.\d+, (AVX|SSE)[^,]*, \d+ threads?\n/m);
    expect(stdout).toContain(`library: ${path}\n`);
    expect(stdout).toMatch(/^ +the processor has: (AVX2|none)/m);
    expect(code).toBe(0);
  });

  test('doctor tells the instruction set in use, not the best of the processor', async () => {
    const { stdout } = await doctor({ STRIATE_ONEDNN: real, ONEDNN_MAX_CPU_ISA: 'SSE41' });
    expect(stdout).toMatch(/^onednn +works: oneDNN [\d.]+, SSE4\.1, /m);
    expect(stdout).not.toMatch(/the processor has: .*SSE/);
  });

  test('--backend auto takes it without a word, and gives the bits of --backend onednn', async () => {
    const auto = await train({ STRIATE_ONEDNN: real }, 'auto', 'auto');
    expect(auto.stderr).toMatch(/^backend +oneDNN 3[^\n]*, 2 threads\ndata /);
    expect(auto.code).toBe(0);
    const named = await train({ STRIATE_ONEDNN: real }, 'onednn', 'named');
    const sha = ({ stdout }: Ended): string => (JSON.parse(stdout) as { weightsSha256: string }).weightsSha256;
    expect(sha(named)).toBe(sha(auto));
    const onWasm = await train({}, 'wasm', 'wasm');
    expect(sha(onWasm)).not.toBe(sha(auto));
  });
});

/** A file of the format that libraries have. */
const elf = (): Buffer => readFileSync(process.execPath).subarray(0, 65_536);

/** A library that this process has loaded. */
function loadedLibrary(): string {
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
  return sharedObjects.find((path) => path.includes('/libm.so'))!;
}

const bad: readonly (readonly [what: string, make: (path: string) => void, said: string])[] = [
  ['is missing', () => {}, 'there is no such file.'],
  ['is a folder', (path) => mkdirSync(path), 'it is no file.'],
  ['is no library', (path) => writeFileSync(path, 'not a library'), 'it is no shared library.'],
  ['is cut short', (path) => writeFileSync(path, elf()), 'it is cut short: 65536 bytes of '],
  [
    'is for another processor',
    (path) => {
      const bytes = elf();
      bytes.writeUInt16LE(183, 18);
      writeFileSync(path, bytes);
    },
    'it is for arm64, and this processor is x64.',
  ],
  [
    'is another one',
    (path) => copyFileSync(loadedLibrary(), path),
    'it has no function dnnl_version; it is not oneDNN.',
  ],
  [
    'is too old',
    (path) => {
      const code = 'static const int version[] = {2, 6, 3, 0, 0, 0}; const void *dnnl_version() { return version; }';
      execFileSync('cc', ['-shared', '-fPIC', '-x', 'c', '-', '-o', path], { input: code });
    },
    'it is oneDNN 2.6.3, but version 3 is needed.',
  ],
];

const hasCompiler = (() => {
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!isLinux)('a oneDNN that', () => {
  test.for(bad)('%s is told by each command, and none crashes', async ([what, make, said], { skip }) => {
    skip(what === 'is too old' && !hasCompiler, 'no C compiler to make one with');
    const name = `${what.replaceAll(' ', '-')}.so`;
    const path = join(folder.path, name);
    make(path);
    const environment = { STRIATE_ONEDNN: path };
    const problem = `STRIATE_ONEDNN (${path}): ${said}`;
    const remedy = 'Unset STRIATE_ONEDNN and run `npx striate setup onednn`';

    const looked = await doctor(environment);
    expect(looked).toMatchObject({ code: 1, signal: null, stderr: '' });
    expect(looked.stdout).toMatch(/^onednn +does not work: no usable oneDNN library\.\n/m);
    expect(looked.stdout).toContain(problem);
    expect(looked.stdout).toContain(remedy);

    const named = await train(environment, 'onednn', `${name}-named`);
    expect(named).toMatchObject({ code: 1, signal: null });
    expect(named.stderr).toMatch(/^striate: use: no backend works here\.\n {2}onednn: no usable oneDNN library\.\n/);
    expect(named.stderr).toContain(problem);
    expect(named.stderr).toContain(remedy);

    const auto = await train(environment, 'auto', `${name}-auto`);
    expect(auto).toMatchObject({ code: 0, signal: null });
    expect(auto.stderr).toContain(problem);
    expect(auto.stderr).toMatch(/^backend +WebAssembly/m);
  });
});

/** Node options that run some code before all else. */
const before = (code: string): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(code)}`,
});

test.runIf(isLinux)('without any oneDNN, doctor names the command that brings it', async () => {
  const { stdout } = await doctor({});
  expect(stdout.replace(/^(node|machine) .*\n/gm, '').replace(/^ +the processor has.*\n/m, '')).toMatchInlineSnapshot(`
    "onednn   does not work: no usable oneDNN library.
               the system (libdnnl.so.3): Failed to load shared library: cannot open shared object file: No such file or directory
               Run \`npx striate setup onednn\` (Linux on x64), or install oneDNN 3 with OpenMP and pass onednn({ library: '/path/to/libdnnl.so.3' }).
             options: threads=NUMBER, library=TEXT, precision=float32|bfloat16, maximumBytes=NUMBER, profile=true|false
    "
  `);
});

test('doctor says what oneDNN needs on another system', async () => {
  const pretend = "Object.defineProperty(process, 'platform', { value: 'darwin' })";
  const { stdout, code } = await doctor(before(pretend));
  expect(stdout.replace(/^(node|machine) .*\n/gm, '')).toMatchInlineSnapshot(`
    "onednn   does not work: only Linux is supported so far; this is darwin on x64. Use wasm().
             needed: Linux; \`npx striate setup onednn\` has the library for x64. Elsewhere wasm works.
             options: threads=NUMBER, library=TEXT, precision=float32|bfloat16, maximumBytes=NUMBER, profile=true|false
    "
  `);
  expect(code).toBe(1);
});

test('doctor outlives a backend that ends its process', async () => {
  const crash = "if (process.argv.includes('onednn')) process.kill(process.pid, 'SIGBUS')";
  const { stdout, code } = await striateWith({ ...bare, ...before(crash) }, folder.path, 'doctor');
  expect(stdout).toMatch(/^wasm +works: /m);
  expect(stdout).toMatch(/^onednn +does not work: looking for it ended a process by SIGBUS\./m);
  expect(stdout).toMatch(/^webgpu +/m);
  expect(stdout).toMatch(/^tensorflow +/m);
  expect(stdout).toMatch(/^auto +--backend auto takes wasm$/m);
  expect(code).toBe(0);
});

test('options that a backend does not have', async () => {
  const { stderr, code } = await striateWith({}, folder.path, 'train', '--backend', 'webgpu', '--threads', '2');
  expect(stderr).toMatchInlineSnapshot(`
    "striate: --threads is for backends that have the option threads; webgpu has no such option. It has powerPreference, profile.
    "
  `);
  expect(code).toBe(1);
});
