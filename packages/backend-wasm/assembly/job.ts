// One job at a time: a kernel (by its place in the function table), its arguments and a number of items.
// Threads take items from a shared counter. The posting thread opens the job, takes part, closes it and waits
// until all who joined have left. A worker joins only while the job is open, so that late wakers never touch a closed one.

const OPEN: i32 = 1 << 30;

// Layout of a job, in bytes; what different threads write lies in different cache lines. src/job.ts holds the same numbers.
const STATE: usize = 0; // OPEN bit and the number of workers that joined
const GENERATION: usize = 64; // changes with every job; idle workers watch it
const NEXT: usize = 128; // next item
const ITEMS: usize = 192;
const KERNEL: usize = 196;
const ARGS: usize = 200;
const SCRATCH: usize = 204;
const SCRATCH_STRIDE: usize = 208;
const SLEEPING: usize = 256; // workers that wait on GENERATION
const POSTER_WAITS: usize = 260;

// A look takes 2 to 3 nanoseconds, so this is some 50 to 100 microseconds: longer than the gap between two kernels of a step.
const SPINS: i32 = 30_000;
const FOREVER: i64 = -1;
const TENTH_OF_SECOND: i64 = 100_000_000;

/** First byte that the module's own data does not use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Runs items of the job until none is left. */
export function participate(job: usize, thread: i32): void {
  const items = load<i32>(job + ITEMS);
  const kernel = load<i32>(job + KERNEL);
  const args = <usize>load<u32>(job + ARGS);
  const scratch = <usize>load<u32>(job + SCRATCH) + <usize>load<u32>(job + SCRATCH_STRIDE) * <usize>thread;
  if (ASC_FEATURE_THREADS) {
    for (;;) {
      const item = atomic.add<i32>(job + NEXT, 1);
      if (item >= items) break;
      call_indirect<void>(kernel, args, item, scratch);
    }
  } else {
    for (let item = 0; item < items; item++) call_indirect<void>(kernel, args, item, scratch);
  }
}

/** Opens the job and sees to it that `helpers` of `workers` workers are awake. */
export function open(job: usize, helpers: i32, workers: i32): void {
  if (ASC_FEATURE_THREADS) {
    atomic.store<i32>(job + NEXT, 0);
    atomic.store<i32>(job + STATE, OPEN);
    atomic.add<i32>(job + GENERATION, 1);
    const awake = workers - atomic.load<i32>(job + SLEEPING);
    if (helpers > awake) atomic.notify(job + GENERATION, helpers - awake);
  }
}

/** Closes the job and waits a while for the workers to leave it; returns how many have not: then it is called again. */
export function close(job: usize, mayWait: bool): i32 {
  if (ASC_FEATURE_THREADS) {
    atomic.and<i32>(job + STATE, ~OPEN);
    for (let spin = 0; spin < SPINS; spin++) {
      if (atomic.load<i32>(job + STATE) == 0) return 0;
    }
    if (mayWait) {
      // Fewer cores than threads: give this one to the worker that is still busy.
      atomic.store<i32>(job + POSTER_WAITS, 1);
      const joined = atomic.load<i32>(job + STATE);
      if (joined != 0) atomic.wait<i32>(job + STATE, joined, TENTH_OF_SECOND);
      atomic.store<i32>(job + POSTER_WAITS, 0);
    }
    return atomic.load<i32>(job + STATE);
  }
  return 0;
}

/** Leaves a job that this worker joined. */
export function leave(job: usize): void {
  if (ASC_FEATURE_THREADS) {
    // atomic.sub returns the value before.
    const left = atomic.sub<i32>(job + STATE, 1) - 1;
    if (left == 0 && atomic.load<i32>(job + POSTER_WAITS) != 0) atomic.notify(job + STATE, 1);
  }
}

/** A worker's life: waits for jobs and takes part in them. Ends only by a trap in a kernel, with the job still joined. */
export function serve(job: usize, thread: i32): void {
  if (ASC_FEATURE_THREADS) {
    let seen = 0;
    for (;;) {
      seen = awaitJob(job, seen);
      if (!join(job)) continue;
      participate(job, thread);
      leave(job);
    }
  }
}

function awaitJob(job: usize, seen: i32): i32 {
  for (let spin = 0; spin < SPINS; spin++) {
    const generation = atomic.load<i32>(job + GENERATION);
    if (generation != seen) return generation;
  }
  atomic.add<i32>(job + SLEEPING, 1);
  while (atomic.load<i32>(job + GENERATION) == seen) atomic.wait<i32>(job + GENERATION, seen, FOREVER);
  atomic.sub<i32>(job + SLEEPING, 1);
  return atomic.load<i32>(job + GENERATION);
}

function join(job: usize): bool {
  let state = atomic.load<i32>(job + STATE);
  while ((state & OPEN) != 0) {
    const found = atomic.cmpxchg<i32>(job + STATE, state, state + 1);
    if (found == state) return true;
    state = found;
  }
  return false;
}
