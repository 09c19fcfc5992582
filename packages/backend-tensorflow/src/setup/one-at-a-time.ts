import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { BackendError } from '@striate/core';
import { systemPython } from './python.ts';

/** A file that stands for the folder: while it is locked, somebody works there. */
export const lockFile = 'striate-setup.lock';

/** Says 'busy' where it has to wait, 'held' when it holds the lock, and keeps it until standard input ends. */
const script = `
import fcntl, sys
file = open(sys.argv[1], "a")
try:
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("busy", flush=True)
    fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
`;

/**
 * Does the work when nobody else is at work in the folder, in this process or another, of this container or another. The
 * lock is the system's, which lets go of it however a process ends; Node cannot lock files, so Python does.
 */
export async function oneAtATime(
  folder: string,
  log: (line: string) => void,
  work: () => Promise<void>,
): Promise<void> {
  const python = systemPython();
  const child = spawn(python, ['-c', script, join(folder, lockFile)], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'close').catch(() => undefined);
  await new Promise<void>((resolve, reject) => {
    let words = '';
    child.stdout.on('data', (text: Buffer) => {
      if (text.includes('busy')) log(`  another setup is at work in ${folder}: waiting for it`);
      if (text.includes('held')) resolve();
    });
    child.stderr.on('data', (text: Buffer) => (words = (words + text.toString()).slice(-2000)));
    child.stdin.on('error', () => undefined); // told when it closes
    child.on('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'ENOENT' ? 'it is not on the PATH' : cause.message;
      const remedy = 'Install Python 3.10 to 3.13 with its venv module, or set PYTHON to an interpreter.';
      reject(new BackendError(`tensorflow: '${python}' could not be started: ${reason}. ${remedy}`, { cause }));
    });
    child.on('close', () => {
      const last = words.trim().split('\n').at(-1);
      const remedy = 'Set STRIATE_TENSORFLOW to a folder that you can write, on a disk of this machine.';
      reject(new BackendError(`tensorflow: ${join(folder, lockFile)} could not be locked: ${last}. ${remedy}`));
    });
  });
  try {
    await work();
  } finally {
    child.stdin.end();
    await ended;
  }
}
