import { BackendError } from './errors.ts';

const oldest = [22, 18] as const;

/**
 * @param version of Node; undefined in a page
 * @throws {BackendError} if this is a Node that is too old, saying where to get another
 */
export function checkRuntime(where: string, version: string | undefined = nodeVersion()): void {
  if (version === undefined) return;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw new BackendError(
    `${where}: needs Node ${oldest.join('.')} or later, and this is ${version}. Get it from https://nodejs.org, or run npx -y -p node@24 -- node your-program.js.`,
  );
}

function nodeVersion(): string | undefined {
  // Pages may have a process that is not Node's.
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node;
}
