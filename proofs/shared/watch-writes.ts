import { mkdirSync, watch } from 'node:fs';

/** A checkpoint's write, in milliseconds as `performance.now()` counts them. */
export interface Write {
  begun: number;
  /** When it had its final name. */
  ended?: number;
}

const partial = /^(checkpoint-\d+)\.partial-/;

/**
 * Watches a folder of checkpoints, which it makes: each is written as `checkpoint-N.partial-WRITER` and then loses
 * that ending. `onBegin` is told how many writes have begun.
 */
export function watchWrites(
  folder: string,
  onBegin?: (count: number) => void,
): { writes: () => Write[]; stop: () => void } {
  mkdirSync(folder, { recursive: true });
  const writes = new Map<string, Write>();
  const watcher = watch(folder, (_, file) => {
    const name = partial.exec(file ?? '')?.[1];
    if (name !== undefined && !writes.has(name)) {
      writes.set(name, { begun: performance.now() });
      onBegin?.(writes.size);
    }
    const write = writes.get(file ?? '');
    if (write) write.ended ??= performance.now();
  });
  return { writes: () => [...writes.values()], stop: () => watcher.close() };
}
