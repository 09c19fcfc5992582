/** Timed dispatches of one submit. */
const capacity = 1024;

/** Times every dispatch by a pair of timestamps: needs the feature 'timestamp-query'. */
export class KernelTimes {
  /** Milliseconds by program, of dispatches that have been read back. */
  readonly milliseconds: Record<string, number> = {};
  readonly #device: GPUDevice;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  #names: string[] = [];

  constructor(device: GPUDevice) {
    this.#device = device;
    this.#queries = device.createQuerySet({ type: 'timestamp', count: 2 * capacity });
    this.#resolved = device.createBuffer({
      size: 16 * capacity,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
  }

  get full(): boolean {
    return this.#names.length === capacity;
  }

  next(name: string): GPUComputePassTimestampWrites {
    const index = 2 * (this.#names.push(name) - 1);
    return { querySet: this.#queries, beginningOfPassWriteIndex: index, endOfPassWriteIndex: index + 1 };
  }

  /** Records the end of a submit's timing; what it returns is to be called after the submit. */
  resolve(encoder: GPUCommandEncoder): (() => void) | undefined {
    const names = this.#names;
    if (names.length === 0) return undefined;
    this.#names = [];
    const size = 16 * names.length;
    const staging = this.#device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    encoder.resolveQuerySet(this.#queries, 0, 2 * names.length, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, staging, 0, size);
    return () => {
      // Rejected when the device is lost, which is told elsewhere.
      void staging.mapAsync(GPUMapMode.READ).then(
        () => this.#add(names, staging),
        () => undefined,
      );
    };
  }

  release(): void {
    this.#queries.destroy();
    this.#resolved.destroy();
  }

  #add(names: readonly string[], staging: GPUBuffer): void {
    const ticks = new BigInt64Array(staging.getMappedRange());
    for (const [index, name] of names.entries()) {
      const nanoseconds = Number(ticks[2 * index + 1]! - ticks[2 * index]!);
      this.milliseconds[name] = (this.milliseconds[name] ?? 0) + Math.max(0, nanoseconds) / 1e6;
    }
    staging.destroy();
  }
}
