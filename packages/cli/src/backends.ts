import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BackendError, OptionError, use, type Backend } from '@striate/core';
import { optionsFromTexts, splitBackend, type BackendManifest } from '@striate/core/backend';

/** Backends that come with us, each in a package of its own, which is loaded only when it is asked for. */
export const ownBackends = ['wasm', 'onednn', 'webgpu', 'tensorflow'] as const;

/** What 'auto' tries, in this order. */
export const automatic = ['onednn', 'wasm'] as const;

/** What --backend takes besides packages of others, such as @me/backend-mine. */
export const backendNames: readonly string[] = [...ownBackends, 'auto'];

/** A backend and its options as the command line has them. */
export interface BackendChoice {
  /** 'wasm', 'auto', '@me/backend-mine'; options may follow: 'onednn,precision=bfloat16'. */
  backend: string;
  /** The options that several backends have, in units of people. */
  threads?: number;
  /** MiB for tensors. */
  memory?: number;
}

/** The package of a backend: names of ours stand for theirs. */
export const packageOf = (name: string): string => (name.includes('/') ? name : `@striate/backend-${name}`);

/**
 * What a backend's package says of it; undefined if it is not installed, neither beside this package nor in the project
 * from whose folder the command is called.
 *
 * @throws {BackendError} if the package is there and has no manifest, or cannot be loaded
 */
export async function manifestOf(name: string): Promise<BackendManifest | undefined> {
  const entry = `${packageOf(name)}/manifest`;
  const found = (await load(entry)) ?? (await loadFromProject(entry));
  if (found === undefined) return undefined;
  const { manifest } = found as { manifest?: BackendManifest };
  if (typeof manifest?.make === 'function') return manifest;
  throw new BackendError(
    `${packageOf(name)}: its entry ./manifest gives no manifest, so it is no backend of striate's.`,
  );
}

async function load(entry: string): Promise<object | undefined> {
  try {
    return (await import(entry)) as object;
  } catch (error) {
    return ifMissing(entry, error as NodeJS.ErrnoException);
  }
}

async function loadFromProject(entry: string): Promise<object | undefined> {
  try {
    const path = createRequire(join(process.cwd(), 'package.json')).resolve(entry);
    return (await import(pathToFileURL(path).href)) as object;
  } catch (error) {
    return ifMissing(entry, error as NodeJS.ErrnoException);
  }
}

/** Undefined if the package itself is missing, and not something else that it needs. */
function ifMissing(entry: string, error: NodeJS.ErrnoException): undefined {
  const { code = '', message } = error;
  const isMissing = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(code);
  if (isMissing && (message.includes(`'${dirname(entry)}'`) || message.includes(`'${entry}'`))) return undefined;
  if (code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
  throw new BackendError(`${dirname(entry)}: has no entry ./manifest, so it is no backend of striate's.`, {
    cause: error,
  });
}

/**
 * Starts a backend; for 'auto' the first of {@link automatic} that works here.
 *
 * @param onRefusal is told why those that come earlier do not
 * @throws {OptionError} for an option that the backend does not have
 */
export async function startBackend(
  { backend, ...shared }: BackendChoice,
  onRefusal: (reason: string) => void = () => {},
): Promise<Backend> {
  const texts = backend === 'auto' ? automatic : [backend];
  const candidates = await Promise.all(texts.map(async (text) => makeBackend(text, shared)));
  // One that was named says in the error why it does not work.
  return use(candidates, backend === 'auto' ? { onRefusal } : {});
}

async function makeBackend(text: string, shared: Omit<BackendChoice, 'backend'>): Promise<Backend> {
  const { name, options } = splitBackend(text);
  const manifest = await manifestOf(name);
  if (!manifest) return missing(name);
  const given = optionsFromTexts(`--backend ${name}`, options, manifest.options);
  return manifest.make({ ...given, ...sharedOptions(name, manifest, given, shared) });
}

/** --threads and --memory, as the backend's own options of that meaning. */
function sharedOptions(
  name: string,
  { options }: BackendManifest,
  given: object,
  { threads, memory }: Omit<BackendChoice, 'backend'>,
): object {
  const found = [
    { flag: '--threads', option: 'threads', value: threads },
    { flag: '--memory', option: 'maximumBytes', value: memory === undefined ? undefined : memory * 2 ** 20 },
  ].filter(({ value }) => value !== undefined);
  for (const { flag, option } of found) {
    if (!Object.hasOwn(options, option))
      throw new OptionError(
        `${flag} is for backends that have the option ${option}; ${name} has no such option. It has ${Object.keys(options).join(', ') || 'none'}.`,
      );
    if (Object.hasOwn(given, option)) throw new OptionError(`${flag}: ${option} is given in --backend already.`);
  }
  return Object.fromEntries(found.map(({ option, value }) => [option, value]));
}

/** Stands for a backend whose package is not there. */
function missing(name: string): Backend {
  const found = notInstalled(name);
  const unusable = async (): Promise<never> => {
    throw new BackendError(`${name}: ${found.reason} ${found.remedy}`);
  };
  return {
    name,
    engineName: `missing-${name}`,
    probe: async () => found,
    start: unusable,
    stop: async () => undefined,
    stats: () => ({ device: 'none', kernelCalls: {}, fallbacks: {}, tensors: 0, bytesInUse: 0, bytesReserved: 0 }),
  };
}

/** Why a backend whose package is not there does not work. */
export function notInstalled(name: string): { available: false; reason: string; remedy: string } {
  const packageName = packageOf(name);
  return {
    available: false,
    reason: `the package ${packageName} is not installed.`,
    remedy: `Add it: npm install ${packageName}`,
  };
}
