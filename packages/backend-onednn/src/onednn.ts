import { checkRuntime, type Availability } from '@striate/core';
import { settingsOf } from '@striate/core/backend';
import { createWasm, kernels, type Extension, type WasmBackend, type WasmStats } from '@striate/backend-wasm/extend';
import type { OneDnnContext } from './context.ts';
import { Engine } from './engine.ts';
import { oneDnnKernels } from './kernels/index.ts';
import { hasBfloat16, instructionSetName } from './library/constants.ts';
import { loadLibrary, type Library } from './library/load-library.ts';
import { UnusableError } from './library/unusable.ts';
import { onednnOptions, type OneDnnOptions } from './options.ts';
import { PackedKernels } from './packed-kernels.ts';
import { Workspaces } from './workspaces.ts';

export interface OneDnnStats extends WasmStats {
  /** Version of the library. */
  version: string;
  /** Where it was found. */
  library: string;
  /** The instruction set that it uses. */
  instructionSet: string;
  /** Primitives that are kept ready. */
  primitives: number;
}

/** The oneDNN backend, with figures of its own in `stats()`. */
export interface OneDnnBackend extends WasmBackend {
  stats(): OneDnnStats;
}

/**
 * Native speed on the CPU of Node: the WebAssembly backend's memory and kernels, with oneDNN's convolutions and matrix
 * products in place of its own. Nothing is compiled; the library is loaded as it is.
 *
 * @throws {OptionError} for an option that there is not, or a value that it cannot have.
 * @example
 * import { use } from '@striate/core';
 * import { onednn } from '@striate/backend-onednn';
 * import { wasm } from '@striate/backend-wasm';
 * const backend = await use([onednn(), wasm()]);
 * console.log(backend.stats().device);
 */
export function onednn(options: OneDnnOptions = {}): OneDnnBackend {
  checkRuntime('onednn');
  const settings = settingsOf('onednn', options, onednnOptions);
  const { threads = navigator.hardwareConcurrency, library, precision, ...rest } = settings;
  let opened: Library | undefined;
  let running: { engine: Engine; packed: PackedKernels } | undefined;

  const extension: Extension = {
    name: 'onednn',
    engineName: 'striate-onednn',
    start({ memory, allocator, threads }) {
      const { bindings, addressOf } = opened!;
      const engine = new Engine(bindings, addressOf(memory), threads);
      const packed = new PackedKernels(allocator);
      const workspaces = new Workspaces(allocator);
      const context: OneDnnContext = {
        engine,
        precision,
        workspaces,
        packedKernel: (...call) => packed.address(...call),
      };
      running = { engine, packed };
      return {
        kernels: oneDnnKernels(context),
        disposed(dataId) {
          packed.forget(dataId);
          workspaces.forget(dataId);
        },
        stop() {
          running = undefined;
          engine.destroy();
        },
      };
    },
  };
  // Only shared memory keeps its place when it grows.
  const onWasm = createWasm({ ...rest, threads, memory: 'shared' }, { kernels, extension });

  const open = async (): Promise<Library> => {
    opened = await loadLibrary(library);
    if (precision === 'bfloat16' && !hasBfloat16(opened.bindings.instructionSet)) {
      const set = instructionSetName(opened.bindings.instructionSet);
      throw new UnusableError(
        `precision is 'bfloat16', but ${set} is in use, which does not multiply such numbers.`,
        "Use 'float32'.",
      );
    }
    return opened;
  };

  return {
    ...onWasm,
    async probe(): Promise<Availability> {
      try {
        const { bindings } = await open();
        const found = await onWasm.probe();
        return found.available ? { available: true, device: deviceText(bindings, threads, precision) } : found;
      } catch (error) {
        if (!(error instanceof UnusableError)) throw error;
        const { reason, remedy } = error;
        return { available: false, reason, remedy };
      }
    },
    async start() {
      await open();
      await onWasm.start();
    },
    stats() {
      const stats = onWasm.stats();
      const { bindings, place } = opened!;
      return {
        ...stats,
        device: deviceText(bindings, stats.threads, precision),
        version: bindings.version,
        library: place.path,
        instructionSet: instructionSetName(bindings.instructionSet),
        primitives: running!.engine.primitives,
      };
    },
  };
}

function deviceText(
  { version, instructionSet }: { version: string; instructionSet: number },
  threads: number,
  precision: string,
): string {
  const width = precision === 'float32' ? '' : `, ${precision}`;
  return `oneDNN ${version}, ${instructionSetName(instructionSet)}, ${threads} ${threads === 1 ? 'thread' : 'threads'}${width}`;
}
