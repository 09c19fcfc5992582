/** Milliseconds that a callback has to end after an abort: enough for a checkpoint that is being written. */
const patience = 30_000;

/**
 * Waits for what a callback does; once `signal` is aborted, half a minute longer at most.
 *
 * @returns whether it has ended
 * @throws what the callback throws
 */
export async function awaitCallback(ending: Promise<void>, signal: AbortSignal | undefined): Promise<boolean> {
  if (!signal) return ending.then(() => true);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let listen = (): void => undefined;
  const givenUp = new Promise<false>((resolve) => {
    listen = () => {
      timer = setTimeout(() => resolve(false), patience);
    };
    if (signal.aborted) listen();
    else signal.addEventListener('abort', listen, { once: true });
  });
  try {
    return await Promise.race([ending.then(() => true), givenUp]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', listen);
  }
}
