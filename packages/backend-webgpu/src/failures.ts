import { BackendError } from '@striate/core';
import { inNode } from './device.ts';

/** In a page, those who read it may not be those who programmed it. */
const restart = inNode
  ? 'Start the backend again with use(webgpu()) and go on from the last checkpoint.'
  : 'Load the page again. A program can start the backend again with use(webgpu()) and go on from the last checkpoint.';

/** What went wrong on the device, which tells so only later: kept until somebody reads. */
export class Failures {
  readonly #failures: { error: BackendError; order: number }[] = [];
  readonly #checks = new Set<Promise<void>>();
  #order = 0;
  /** Failures up to this one have been told. */
  #told = 0;
  #lost: BackendError | undefined;
  readonly #whenLost: Promise<void>;
  #stopped = false;

  constructor(device: GPUDevice) {
    device.addEventListener('uncapturederror', (event) => {
      const { error } = event;
      event.preventDefault();
      this.#failures.push({ error: new BackendError(describe(error)), order: ++this.#order });
    });
    this.#whenLost = device.lost.then(({ reason, message }) => {
      const cause = reason === 'destroyed' ? 'it was destroyed' : message || 'the driver gave no reason';
      this.#lost = new BackendError(`webgpu: the GPU device is lost: ${cause}. All tensors on it are gone. ${restart}`);
    });
  }

  /** A check that gives a failure, if any: reads wait for it, and it goes before what follows from it. */
  expect(check: Promise<BackendError | undefined>): void {
    const order = ++this.#order;
    const settled = check.then(
      (error) => {
        if (error) this.#failures.push({ error, order });
        this.#checks.delete(settled);
      },
      // The device is lost, which is told elsewhere.
      () => void this.#checks.delete(settled),
    );
    this.#checks.add(settled);
  }

  /** From now on every call is an error. */
  stop(): void {
    this.#stopped = true;
  }

  /** @throws {BackendError} if the device is gone. */
  check(): void {
    if (this.#stopped) throw new BackendError('webgpu: the backend was stopped. Start it with use(webgpu()).');
    if (this.#lost) throw this.#lost;
  }

  /** Waits for work on the device; fails with what went wrong before its end, unless earlier work has told it. */
  async watch<T>(work: Promise<T>): Promise<T> {
    const told = this.#told;
    let result: T;
    try {
      result = await work;
      await Promise.all(this.#checks);
    } catch (cause) {
      // A device that is lost may refuse work before it says that it is lost.
      await Promise.race([this.#whenLost, new Promise((resolve) => setTimeout(resolve, 1000))]);
      this.check();
      throw new BackendError(`webgpu: reading from the GPU failed: ${(cause as Error).message}. ${restart}`, { cause });
    }
    this.check();
    const untold = this.#failures.filter(({ order }) => order > told).sort((a, b) => a.order - b.order);
    if (untold.length === 0) return result;
    this.#told = this.#order;
    throw untold[0]!.error;
  }
}

function describe(error: GPUError): string {
  // Dawn repeats the message, the second time with more lines.
  const message = error.message.split('\n\nvalidation:')[0]!.trim();
  if (error instanceof GPUOutOfMemoryError) {
    return `webgpu: the GPU is out of memory: ${message} Use smaller batches or images, or dispose tensors that are no longer needed.`;
  }
  return `webgpu: the GPU refused a command, and what was computed since the last read is worthless: ${message} ${restart}`;
}
