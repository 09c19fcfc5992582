import { spawn } from 'node:child_process';
import { BackendError } from '@striate/core';

/**
 * Runs a command to its end.
 *
 * @throws {BackendError} if it cannot be started or fails: its last words, and what would mend it.
 */
export function execute(command: string, args: readonly string[], remedy: string): Promise<void> {
  const what = [command, ...args.slice(0, 4)].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let words = '';
    const listen = (text: Buffer): void => void (words = (words + text.toString()).slice(-4000));
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'ENOENT' ? 'it is not on the PATH' : cause.message;
      reject(new BackendError(`onednn: '${what}' could not be started: ${reason}. ${remedy}`, { cause }));
    });
    child.on('close', (status, signal) => {
      if (status === 0) return resolve();
      const last = words.trim().split('\n').slice(-5).join('\n  ');
      const ending = signal ? `was ended by ${signal}` : `failed with exit code ${status}`;
      return reject(new BackendError(`onednn: '${what}' ${ending}:\n  ${last}\n${remedy}`));
    });
  });
}
