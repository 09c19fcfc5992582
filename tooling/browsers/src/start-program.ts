import { spawn, spawnSync } from 'node:child_process';

/** A program that runs. */
export interface StartedProgram {
  /** What it wrote so far. */
  messages(): string;
  /** Settles when it has ended, for whatever reason. */
  ended: Promise<void>;
  close(): Promise<void>;
}

/** Starts a program in a group of its own, so that its children end with it. */
export function startProgram(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): StartedProgram {
  let output = '';
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', ({ message }) => {
      output += message;
      resolve();
    });
  });
  return {
    messages: () => output,
    ended,
    async close() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
      await ended;
    },
  };
}

/** First line of what it says of its version. */
export function versionOf(program: string, args: readonly string[] = ['--version']): string {
  return spawnSync(program, args, { encoding: 'utf8' }).stdout.trim().split('\n')[0] ?? '';
}
