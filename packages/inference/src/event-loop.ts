/** Longest time in milliseconds for which training keeps the event loop to itself (a single longer step apart). */
const longestTurn = 40;

/** Lets timers, signals, network and the page have their turn. */
function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    // Timers of a page are slowed down to 4 ms, messages are not.
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined);
  });
}

/** The time since the event loop last had its turn. */
export interface Turn {
  /** Asked after each step: whether a further step as long as the last one would pass `longestTurn`. */
  isOver(): boolean;
  /** Lets the event loop have its turn; a new one of ours begins. */
  yield(): Promise<void>;
}

/** Begins a turn. */
export function createTurn(now: () => number = () => performance.now()): Turn {
  let began = now();
  let last = began;
  return {
    isOver() {
      const time = now();
      const step = time - last;
      last = time;
      return time + step - began > longestTurn;
    },
    async yield() {
      await yieldToEventLoop();
      began = last = now();
    },
  };
}
