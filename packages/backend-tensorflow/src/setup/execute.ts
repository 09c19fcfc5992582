import { spawn } from 'node:child_process';
import { BackendError } from '@striate/core';

export interface ExecuteOptions {
  cwd?: string;
  /** What else would mend a failure that is none of the known ones. */
  remedy: string;
  /** Let the person see what the command prints, on standard error. */
  show?: boolean;
}

/** Causes that programs report in words of their own, and what mends them. */
const knownCauses: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [
    /No space left on device|ENOSPC|Disk quota exceeded/i,
    'The disk is full: make room, or set STRIATE_TENSORFLOW to a folder elsewhere.',
  ],
  [
    /ensurepip is not available|No module named '?(venv|ensurepip)/i,
    "Python's venv module is missing: on Debian and Ubuntu, apt install python3-venv.",
  ],
  [
    /name resolution|Name or service not known|Max retries|NewConnectionError|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|Connection (refused|timed out|reset)/i,
    'There is no way to the package index: check the network (HTTPS_PROXY, PIP_INDEX_URL, npm config registry), and run this again; what is done is kept.',
  ],
  [
    /DO NOT MATCH THE HASHES/,
    'The package index gives another file than the one that is known; it is not used. Check PIP_INDEX_URL.',
  ],
  [
    /No matching distribution found/i,
    'The package index has no such wheel for this Python and processor: use Python 3.10 to 3.13 (PYTHON names another interpreter), or check PIP_INDEX_URL.',
  ],
];

/**
 * Runs a command and gives what it printed on standard output.
 *
 * @throws {BackendError} if it cannot be started or fails: its last words, and what would mend it.
 */
export function execute(command: string, args: readonly string[], options: ExecuteOptions): Promise<string> {
  const { cwd, remedy, show = false } = options;
  const what = [command, ...args.slice(0, 4), ...(args.length > 4 ? ['...'] : [])].join(' ');
  return new Promise((resolve, reject) => {
    // A progress bar is drawn only where the command itself sees a terminal.
    const isTerminal = show && process.stderr.isTTY;
    const child = spawn(command, args, { cwd, stdio: ['ignore', isTerminal ? process.stderr : 'pipe', 'pipe'] });
    let printed = '';
    let words = '';
    child.stdout?.on('data', (text: Buffer) => (printed += text.toString()));
    child.stderr?.on('data', (text: Buffer) => {
      words = (words + text.toString()).slice(-8000);
      if (isTerminal) process.stderr.write(text);
    });
    child.on('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'ENOENT' ? 'it is not on the PATH' : cause.message;
      reject(new BackendError(`tensorflow: '${what}' could not be started: ${reason}. ${remedy}`, { cause }));
    });
    child.on('close', (status, signal) => {
      if (status === 0) return resolve(printed);
      const said = `${printed}\n${words}`;
      const known = knownCauses.find(([pattern]) => pattern.test(said))?.[1];
      const last = said.trim().split('\n').slice(-5).join('\n  ');
      const ending = signal ? `was ended by ${signal}` : `failed with exit code ${status}`;
      reject(new BackendError(`tensorflow: '${what}' ${ending}:\n  ${last}\n${known ?? remedy}`));
    });
  });
}
