import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

/** How a process ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A `striate` process. */
export interface Running {
  process: ChildProcess;
  ended: Promise<Ended>;
  /** Waits until standard output, or the other one, holds `text`. */
  says(text: string, stream?: 'stdout' | 'stderr'): Promise<void>;
}

/** Starts `striate` from its source in a folder. */
export function start(folder: string, ...words: readonly string[]): Running {
  return startWith({}, folder, ...words);
}

/** Starts it with other environment variables; undefined removes one. */
function startWith(environment: NodeJS.ProcessEnv, folder: string, ...words: readonly string[]): Running {
  const child = spawn(process.execPath, ['--conditions=@striate/source', main, ...words], {
    cwd: folder,
    // As on a PATH, whichever package manager runs the tests.
    env: { ...process.env, npm_config_user_agent: '', NO_COLOR: '1', COLUMNS: '80', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const heard = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (heard[name] += text));
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...heard }));
  });
  const says = (text: string, stream: 'stdout' | 'stderr' = 'stdout'): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (heard[stream].includes(text)) resolve();
      };
      child[stream].on('data', look);
      child.on('close', () => reject(new Error(`ended without saying '${text}':\n${heard.stdout}${heard.stderr}`)));
      look();
    });
  return { process: child, ended, says };
}

/** Runs `striate` from its source in a folder until it ends. */
export function striate(folder: string, ...words: readonly string[]): Promise<Ended> {
  return start(folder, ...words).ended;
}

/** The same with other environment variables; undefined removes one. */
export function striateWith(
  environment: NodeJS.ProcessEnv,
  folder: string,
  ...words: readonly string[]
): Promise<Ended> {
  return startWith(environment, folder, ...words).ended;
}
