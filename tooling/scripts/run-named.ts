import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';

/** Runs `FOLDER/NAME.ts` on the packages' sources; without a known name, lists those that exist. */
export function runNamed(command: string, folder: string): void {
  const [name, ...options] = process.argv.slice(2);
  const file = join(folder, `${name}.ts`);
  if (!name || !existsSync(file)) {
    const known = readdirSync(folder)
      .filter((entry) => entry.endsWith('.ts'))
      .map((entry) => entry.slice(0, -3));
    console.error(
      `${name ? `pnpm ${command}: there is no '${name}'.` : `usage: pnpm ${command} NAME [options]`} Known: ${known.join(', ')}.`,
    );
    process.exit(1);
  }
  run(process.execPath, ['packages/backend-wasm/scripts/generate.ts']);
  run(process.execPath, [
    '--conditions=@striate/source',
    '--expose-gc',
    '--disable-warning=ExperimentalWarning',
    file,
    ...options,
  ]);
}
