import type { LibraryHandle } from 'koffi';
import { BackendError } from '@striate/core';
import { bind, versionOf, type Bindings } from './bindings.ts';
import { fileProblem } from './file-problem.ts';
import { placesOfLibrary, type Place } from './find-library.ts';
import { sha256Of } from './sha256-of.ts';
import { UnusableError } from './unusable.ts';

/** The library, loaded. */
export interface Library {
  bindings: Bindings;
  place: Place;
  /** Where a memory lies in the process. */
  addressOf(memory: { readonly buffer: ArrayBuffer }): number;
}

const wantedMajor = 3;
/** The address space that a WebAssembly memory reserves. */
const mostBytes = 2 ** 32;
const remedy =
  "Run `npx striate setup onednn` (Linux on x64), or install oneDNN 3 with OpenMP and pass onednn({ library: '/path/to/libdnnl.so.3' }).";
const remedyOfVariable =
  'Unset STRIATE_ONEDNN and run `npx striate setup onednn` (Linux on x64), or set it to the path of a oneDNN 3 with OpenMP.';

type Koffi = typeof import('koffi').default;

let loaded: Promise<Library> | undefined;
let loadedFrom: string | undefined;

/**
 * Loads oneDNN, once in a process: a second copy would bring a second pool of threads.
 *
 * @throws {BackendError} naming every place that was looked at, what was found there, and what mends it.
 */
export async function loadLibrary(library?: string): Promise<Library> {
  if (loaded && library !== undefined && library !== loadedFrom) {
    const { place } = await loaded;
    if (place.path !== library) {
      throw new UnusableError(
        `this process has already loaded ${place.path}.`,
        `Use it, or ${library} in a process of its own.`,
      );
    }
  }
  loadedFrom ??= library;
  loaded ??= load(library).catch((error: unknown) => {
    loaded = undefined;
    loadedFrom = undefined;
    throw error;
  });
  return loaded;
}

async function load(library: string | undefined): Promise<Library> {
  if (process.platform !== 'linux') {
    throw new UnusableError(
      `only Linux is supported so far; this is ${process.platform} on ${process.arch}.`,
      'Use wasm().',
    );
  }
  const koffi = await importKoffi();
  const found: string[] = [];
  for (const place of placesOfLibrary(library)) {
    try {
      await checkContent(place);
      return {
        bindings: open(koffi, place.path),
        place,
        addressOf({ buffer }) {
          const address = koffi.address(new Uint8Array(buffer));
          useLargePages(koffi, address);
          return Number(address);
        },
      };
    } catch (error) {
      // Another library than the one that was installed would give other numbers without a word.
      if (error instanceof UnusableError) throw error;
      found.push(`${place.where} (${place.path}): ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new UnusableError(
    `no usable oneDNN library.\n${found.map((line) => `  ${line}`).join('\n')}\n `,
    library === undefined && process.env['STRIATE_ONEDNN'] ? remedyOfVariable : remedy,
  );
}

/** Bytes that have changed since they were installed end the process, or give wrong numbers, at some later step. */
async function checkContent({ where, path, sha256: wanted }: Place): Promise<void> {
  if (wanted === undefined) return;
  const found = await sha256Of(path);
  if (found === wanted) return;
  throw new UnusableError(
    `${where} holds another library than was installed (${path} has SHA-256 ${found}, not ${wanted}): it is damaged or has been replaced.`,
    'Run `npx striate setup onednn`, which brings it anew; to use a library of your own, set STRIATE_ONEDNN to its path.',
  );
}

async function importKoffi(): Promise<Koffi> {
  try {
    return (await import('koffi')).default;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new UnusableError(
      `the package koffi, which calls the library, does not load here: ${message}`,
      'Install it again with its optional dependencies, or use wasm().',
      { cause },
    );
  }
}

function open(koffi: Koffi, path: string): Bindings {
  const process_ = koffi.load(null);
  // Threads that spin for long would take the cores from the WebAssembly kernels that run in between; those that sleep
  // at once take long to wake for the next primitive. A thousand looks last some 50 microseconds.
  const setenv = process_.func('int setenv(const char* name, const char* value, int overwrite)');
  setenv('OMP_WAIT_POLICY', 'passive', 0);
  setenv('GOMP_SPINCOUNT', '1000', 0);
  const problem = path.includes('/') ? fileProblem(path) : undefined;
  if (problem) throw new BackendError(problem);
  pin(koffi, path);
  const handle = koffi.load(path);
  const version = readVersion(koffi, handle);
  if (version[0] !== wantedMajor) {
    throw new BackendError(`it is oneDNN ${version.join('.')}, but version ${wantedMajor} is needed.`);
  }
  return bind(koffi, handle, openMpOf(koffi));
}

// Pages of 2 MiB where the system has them: fewer look-ups of addresses. It is a hint; refused, all goes on without.
function useLargePages(koffi: Koffi, address: bigint): void {
  const hugePages = 14;
  const libc = koffi.load('libc.so.6');
  libc.func('int madvise(uint64_t address, size_t length, int advice)')(address, mostBytes, hugePages);
}

// Its threads still run its code when the process ends: unloading it then would crash.
function pin(koffi: Koffi, path: string): void {
  const now = 0x2;
  const global = 0x100;
  const noDelete = 0x1000;
  const libc = koffi.load('libc.so.6');
  libc.func('void* dlopen(const char* path, int flags)')(path, now | global | noDelete);
}

function readVersion(koffi: Koffi, handle: LibraryHandle): [number, number, number] {
  try {
    return versionOf(koffi, handle);
  } catch {
    throw new BackendError('it has no function dnnl_version; it is not oneDNN.');
  }
}

function openMpOf(koffi: Koffi): LibraryHandle {
  try {
    return koffi.load('libgomp.so.1');
  } catch (cause) {
    throw new BackendError("it needs GNU's OpenMP, libgomp.so.1: apt-get install libgomp1.", { cause });
  }
}
