import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate, run } from './run.ts';

/**
 * Runs `FOLDER/NAME.ts` on the packages' sources; without a known name, lists those that exist. The comment at the head
 * of a file is what `--help` prints.
 */
export function runNamed(command: string, folder: string): void {
  const [name = '--help', ...options] = process.argv.slice(2);
  const file = join(folder, `${name}.ts`);
  if (name === '--help') {
    console.log(`pnpm ${command} NAME [options]; pnpm ${command} NAME --help says more.\n\n${list(folder)}`);
    return;
  }
  if (!existsSync(file)) {
    console.error(`pnpm ${command}: there is no '${name}'.\n\n${list(folder)}`);
    process.exit(1);
  }
  if (options.includes('--help')) {
    console.log(headOf(file));
    return;
  }
  generate();
  run(process.execPath, [
    '--conditions=@striate/source',
    '--expose-gc',
    '--disable-warning=ExperimentalWarning',
    '--import=./tooling/scripts/report-bad-options.ts',
    file,
    ...options,
  ]);
}

/** Every name, with the first sentence of its file. */
function list(folder: string): string {
  const names = readdirSync(folder)
    .filter((entry) => entry.endsWith('.ts'))
    .map((entry) => entry.slice(0, -3));
  const width = Math.max(...names.map(({ length }) => length));
  return names.map((name) => `  ${name.padEnd(width)}  ${sentenceOf(headOf(join(folder, `${name}.ts`)))}`).join('\n');
}

/** The comment that a file begins with. */
function headOf(file: string): string {
  const lines = readFileSync(file, 'utf8').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^\/\/ ?/, ''))
    .join('\n');
}

/** Up to the first full stop or empty line, in one line; a command's name before it is left out. */
const sentenceOf = (text: string): string =>
  text
    .replaceAll('\n', ' ')
    .replace(/\. .*|\.? {2}.*/, '')
    .replace(/^`[^`]*`: /, '');
