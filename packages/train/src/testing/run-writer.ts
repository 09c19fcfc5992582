import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Order } from './killed-writer.ts';

/** How a writer ended. */
export interface WriterEnd {
  /** 0 if all was done, 3 if there was an error, null if it was killed. */
  code: number | null;
  text: string;
}

/** Runs killed-writer.ts in a process of its own, whose number `onStart` is told. */
export function runWriter(order: Order, onStart?: (pid: number) => void): Promise<WriterEnd> {
  const script = join(import.meta.dirname, 'killed-writer.ts');
  const child = spawn(process.execPath, ['--conditions=@striate/source', script, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined) onStart?.(child.pid);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: signal === 'SIGKILL' ? null : code, text }));
  });
}
