import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));

/** How a process ended, and what it printed. */
export interface Ended {
  /** null if a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Last line of standard output. */
  lastLine: string;
  errors: string;
}

/** Starts `striate` as a process of its own. */
export function startStriate(options: readonly string[]): { process: ChildProcess; ended: Promise<Ended> } {
  const conditions = ['--conditions=@striate/source', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...conditions, program, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let lastLine = '';
  let errors = '';
  createInterface({ input: child.stdout }).on('line', (line) => (lastLine = line));
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, lastLine, errors }));
  });
  return { process: child, ended };
}
