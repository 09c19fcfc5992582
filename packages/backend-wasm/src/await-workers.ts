import type { KernelInstance } from './instance.ts';
import type { Pool } from './pool.ts';

/** How long workers may take once the calling thread has done its part, beyond ten times as long as that took. */
const patienceMilliseconds = 10_000;
/** A look that seems to take longer is one during which the process or the machine stood still. */
const longestLook = 1000;

export interface AwaitedJob {
  exports: KernelInstance['job'];
  /** Address of the job. */
  job: number;
  /** Whether this thread may block. */
  waits: boolean;
  pool: Pool;
  /** The kernel that runs. */
  name: string;
  /** How long the calling thread's part took. */
  milliseconds: number;
}

/**
 * Waits until every worker has left the job. A worker that was killed never does, and nobody tells a thread that is
 * busy: so the wait has an end.
 * If one does not leave in time, the pool has failed and cannot be used any more.
 */
export function awaitWorkers({ exports, job, waits, pool, name, milliseconds }: AwaitedJob): void {
  let left = exports.close(job, waits);
  if (!left) return;
  const patience = patienceMilliseconds + 10 * milliseconds;
  let waited = 0;
  let before = performance.now();
  while ((left = exports.close(job, waits))) {
    const now = performance.now();
    waited += Math.min(now - before, longestLook);
    before = now;
    if (waited < patience) continue;
    const seconds = Math.round(patience / 1000);
    const workers = `${left} of ${pool.workers} ${pool.workers === 1 ? 'worker' : 'workers'}`;
    pool.fail(`${workers} did not finish kernel '${name}' within ${seconds} s, as if killed`);
    return;
  }
}
