/**
 * How this program was started, as a person would type it again: a package manager tells what runs in it; a program that
 * lies in a project's folder, and was started by its path, is found by npx.
 *
 * @example
 * commandName({ npm_config_user_agent: 'pnpm/12.21.0 npm/? node/v24' }, 'main.js'); // 'pnpm exec striate'
 */
export function commandName(
  environment: NodeJS.ProcessEnv = process.env,
  script: string = process.argv[1] ?? '',
): string {
  const manager = /^(?:npm|pnpm|yarn|bun)(?=\/)/.exec(environment['npm_config_user_agent'] ?? '')?.[0];
  if (manager !== undefined) return `${runners[manager]} striate`;
  const isOfProject = /[\\/]node_modules[\\/]\.bin[\\/]/.test(script);
  return isOfProject ? 'npx striate' : 'striate';
}

const runners: Readonly<Record<string, string>> = { npm: 'npx', pnpm: 'pnpm exec', yarn: 'yarn', bun: 'bunx' };

/**
 * A command line of this program for a person to type.
 *
 * @example
 * commandLine('train', '--out', 'my runs'); // "striate train --out 'my runs'"
 */
export function commandLine(...words: readonly string[]): string {
  return [commandName(), ...words.map(shellWord)].join(' ');
}

/** A word as a shell takes it. */
export function shellWord(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
