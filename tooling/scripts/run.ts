import { spawn, spawnSync } from 'node:child_process';

const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1' };

/** Runs a command with the terminal as it is; ends this process with the command's exit code if it fails. */
export function run(command: string, args: readonly string[], title?: string): void {
  if (title) console.log(`\n== ${title}`);
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env });
  if (error) {
    console.error(`${command}: ${error.message}`);
    process.exit(1);
  }
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * Starts a command that others need not wait for. What it says is printed in one piece, under its title, when it has
 * ended; if it failed, this process ends with its exit code.
 *
 * @returns a promise for its end
 */
export async function start(command: string, args: readonly string[], title: string): Promise<void> {
  const before = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const said: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => said.push(part));
  child.stderr.on('data', (part: Buffer) => said.push(part));
  const status = await new Promise<number>((resolve) => {
    child.on('error', ({ message }) => {
      said.push(Buffer.from(`${command}: ${message}\n`));
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
  const seconds = ((performance.now() - before) / 1000).toFixed(0);
  console.log(`\n== ${title}, ${seconds} s\n${Buffer.concat(said).toString()}`.trimEnd());
  if (status !== 0) process.exit(status);
}

/** Makes what sources are made of: lists out of folders, kernels out of AssemblyScript. */
export function generate(): void {
  for (const name of ['core', 'backend-wasm']) run(process.execPath, [`packages/${name}/scripts/generate.ts`]);
}
