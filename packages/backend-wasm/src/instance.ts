/** An exported assembly kernel. */
export type AssemblyKernel = (args: number, item: number, scratch: number) => void;

export interface KernelInstance {
  /** Exports of assembly/job.ts. */
  job: {
    heapBase(): number;
    open(job: number, helpers: number, workers: number): void;
    participate(job: number, thread: number): void;
    close(job: number, mayWait: boolean): number;
  };
  /** Kernels by name, with their places in the function table, which are the same in every thread. */
  kernels: ReadonlyMap<string, { index: number; call: AssemblyKernel }>;
}

/** Makes an instance on the memory. Its exported functions stand in the table in the order of the module's exports. */
export async function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<KernelInstance> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const table = exports['table'] as WebAssembly.Table;
  const kernels = new Map<string, { index: number; call: AssemblyKernel }>();
  // The same lines stand in worker-source.ts.
  for (const { name, kind } of WebAssembly.Module.exports(module)) {
    if (kind !== 'function') continue;
    const call = exports[name] as AssemblyKernel;
    // WebKit grows a table but leaves the new place empty, whatever grow() is given.
    const index = table.grow(1);
    table.set(index, call);
    kernels.set(name, { index, call });
  }
  return { job: exports as unknown as KernelInstance['job'], kernels }; // what assembly/job.ts exports
}
