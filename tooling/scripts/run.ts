import { spawnSync } from 'node:child_process';

/** Runs a command with the terminal as it is; ends this process with the command's exit code if it fails. */
export function run(command: string, args: readonly string[], title?: string): void {
  if (title) console.log(`\n== ${title}`);
  const { status, error } = spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  });
  if (error) {
    console.error(`${command}: ${error.message}`);
    process.exit(1);
  }
  if (status !== 0) process.exit(status ?? 1);
}
