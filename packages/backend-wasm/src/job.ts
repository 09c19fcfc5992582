// The job's layout, as in assembly/job.ts.
const items = 192;
const kernel = 196;
const args = 200;
const scratch = 204;
const scratchStride = 208;

/** Offset of the number of a thread whose kernel trapped; 0 if none did. */
export const jobFailedThread = 264;
export const jobBytes = 320;

export interface Job {
  items: number;
  /** Place in the function table. */
  kernel: number;
  args: number;
  scratch: number;
  /** Bytes from one thread's scratch to the next one's. */
  stride: number;
}

/** Describes a job that is not open. */
export function writeJob(memory: WebAssembly.Memory, address: number, job: Job): void {
  const words = new Uint32Array(memory.buffer, address, jobBytes / 4);
  words[items / 4] = job.items;
  words[kernel / 4] = job.kernel;
  words[args / 4] = job.args;
  words[scratch / 4] = job.scratch;
  words[scratchStride / 4] = job.stride;
}

/** Whether this thread may block: all but a browser's main thread. */
export function mayWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}
