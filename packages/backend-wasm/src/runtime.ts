import { BackendError } from '@striate/core';
import { Allocator } from './allocator.ts';
import { awaitWorkers } from './await-workers.ts';
import { chooseBuild, compileBuild, type Build, type BuildOptions } from './build.ts';
import { instantiate } from './instance.ts';
import { jobBytes, jobFailedThread, mayWait, writeJob } from './job.ts';
import type { Work } from './kernel.ts';
import type { CompiledModule, LinearMemory } from './linear-memory.ts';
import { createMemory, growMemory, pageBytes } from './memory.ts';
import { NoWorkersError, startPool } from './pool.ts';

export interface RuntimeOptions extends BuildOptions {
  maximumBytes?: number;
  /** Instead of the build that fits. */
  compile?(build: Build): Promise<CompiledModule>;
}

/** Memory, kernels and threads, without tensors. */
export interface Runtime {
  readonly build: Build;
  readonly threads: number;
  /** Why there is one thread where there should be more, if workers cannot be made here. */
  readonly noWorkers?: string;
  readonly allocator: Allocator;
  /** Views are made per access: growing may detach or outdate them. */
  readonly memory: LinearMemory;
  run(assemblyKernel: string, args: readonly number[], work: Work): void;
  stop(): Promise<void>;
}

/**
 * With one thread where workers cannot be made.
 *
 * @throws {BackendError} if this runtime lacks what the options ask for, or a worker does not start.
 */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  try {
    return await startRuntime(options);
  } catch (error) {
    if (!(error instanceof NoWorkersError)) throw error;
    return { ...(await startRuntime({ ...options, threads: 1 })), noWorkers: error.message };
  }
}

async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const build = await chooseBuild(options);
  const module = await (options.compile ?? compileBuild)(build);
  const shared = build.memory === 'shared';
  const wasmMemory = createMemory(shared, options.maximumBytes);
  const { memory } = wasmMemory;
  const { job: exports, kernels } = await instantiate(module, memory);
  const allocator = new Allocator({
    start: exports.heapBase(),
    // Short of 4 GiB, so that the address behind a tensor's end does not wrap around to 0.
    limit: Math.min(wasmMemory.maximumBytes, 2 ** 32 - pageBytes),
    reserve: (end) => end <= memory.buffer.byteLength || growMemory(wasmMemory, end),
  });
  const job = allocator.allocate(jobBytes);
  new Uint8Array(memory.buffer, job, jobBytes).fill(0);
  const failedThread = job + jobFailedThread;
  const threads = shared ? options.threads : 1;
  const pool = await startPool({ module, memory, job, failedThread, workers: threads - 1 });
  const args = keptArea(allocator);
  const scratch = keptArea(allocator);
  const waits = mayWait();

  function run(assemblyKernel: string, values: readonly number[], { items, scratchBytes = 0 }: Work): void {
    const kernel = kernels.get(assemblyKernel);
    if (!kernel) throw new BackendError(`wasm: no assembly kernel '${assemblyKernel}'; was it exported and generated?`);
    const argsAddress = args(values.length * 8);
    new Float64Array(memory.buffer, argsAddress, values.length).set(values);
    const stride = Math.ceil(scratchBytes / 64) * 64;
    const scratchAddress = scratch(stride * threads);
    try {
      if (items === 1 || threads === 1) {
        for (let item = 0; item < items; item++) kernel.call(argsAddress, item, scratchAddress);
      } else {
        writeJob(memory, job, { items, kernel: kernel.index, args: argsAddress, scratch: scratchAddress, stride });
        runShared(assemblyKernel, items);
      }
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      throw new BackendError(`wasm: kernel '${assemblyKernel}' failed: ${error.message}`, { cause: error });
    }
  }

  function runShared(assemblyKernel: string, items: number): void {
    refuseFailedPool();
    const { workers } = pool;
    exports.open(job, Math.min(items - 1, workers), workers);
    const start = performance.now();
    let failed = 0;
    try {
      exports.participate(job, 0);
    } finally {
      const milliseconds = performance.now() - start;
      awaitWorkers({ exports, job, waits, pool, name: assemblyKernel, milliseconds });
      failed = Atomics.exchange(new Int32Array(memory.buffer), failedThread >>> 2, 0);
    }
    refuseFailedPool();
    if (failed) throw new BackendError(`wasm: kernel '${assemblyKernel}' failed in worker ${failed}.`);
  }

  function refuseFailedPool(): void {
    const failure = pool.failure();
    if (failure) throw new BackendError(`wasm: ${failure}. Start the backend again with use(wasm()).`);
  }

  return { build, threads, allocator, memory, run, stop: () => pool.stop() };
}

/** Memory that is kept from call to call and made anew only when more is asked for. */
function keptArea(allocator: Allocator): (bytes: number) => number {
  let address = 0;
  let capacity = 0;
  return (bytes) => {
    if (bytes > capacity) {
      if (capacity) allocator.free(address);
      capacity = 0;
      const wanted = Math.max(bytes, 16_384);
      address = allocator.allocate(wanted);
      capacity = wanted;
    }
    return address;
  };
}
