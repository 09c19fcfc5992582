import type { KernelTimes } from './kernel-times.ts';

/** So many dispatches at most wait for their submit: the device should not idle, nor a watchdog bite. */
const dispatchesPerSubmit = 1024;

/**
 * Collects commands in one encoder and one compute pass, and submits them when the synchronous code that recorded
 * them has ended, or after a bound on dispatches.
 */
export class Recorder {
  submits = 0;
  dispatches = 0;
  readonly #device: GPUDevice;
  readonly #times: KernelTimes | undefined;
  readonly #beforeSubmit: (() => void)[] = [];
  readonly #afterSubmit: (() => void)[] = [];
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #pending = 0;
  #submitted: { promise: Promise<void>; resolve: () => void } | undefined;

  constructor(device: GPUDevice, times?: KernelTimes) {
    this.#device = device;
    this.#times = times;
  }

  /** Calls the first before each submit, the second after it. */
  around({ before, after }: { before?: () => void; after?: () => void }): void {
    if (before) this.#beforeSubmit.push(before);
    if (after) this.#afterSubmit.push(after);
  }

  get encoder(): GPUCommandEncoder {
    if (!this.#encoder) {
      this.#encoder = this.#device.createCommandEncoder();
      this.#submitted = deferred();
      const encoder = this.#encoder;
      queueMicrotask(() => {
        if (this.#encoder === encoder) this.submit();
      });
    }
    return this.#encoder;
  }

  /** The pass of one more dispatch, which is `name`'s. */
  beginDispatch(name: string): GPUComputePassEncoder {
    if (this.#pending >= dispatchesPerSubmit || this.#times?.full) this.submit();
    const { encoder } = this;
    this.#pending++;
    this.dispatches++;
    if (this.#times) {
      this.endPass();
      this.#pass = encoder.beginComputePass({ timestampWrites: this.#times.next(name) });
    }
    this.#pass ??= encoder.beginComputePass();
    return this.#pass;
  }

  /** The pass that is open, if any. */
  get pass(): GPUComputePassEncoder | undefined {
    return this.#pass;
  }

  endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
  }

  /** Copies between buffers, after all that has been recorded. */
  copy(from: GPUBuffer, to: GPUBuffer, bytes: number): void {
    const { encoder } = this;
    this.endPass();
    encoder.copyBufferToBuffer(from, 0, to, 0, bytes);
  }

  /** Resolves when all that has been recorded so far is submitted. */
  async submitted(): Promise<void> {
    await this.#submitted?.promise;
  }

  submit(): void {
    if (!this.#encoder) return;
    this.endPass();
    for (const before of this.#beforeSubmit) before();
    const read = this.#times?.resolve(this.#encoder);
    const commands = this.#encoder.finish();
    this.#encoder = undefined;
    this.#pending = 0;
    this.#device.queue.submit([commands]);
    this.submits++;
    read?.();
    for (const after of this.#afterSubmit) after();
    this.#submitted?.resolve();
    this.#submitted = undefined;
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
