import { describe } from './describe.ts';
import { OptionError } from './errors.ts';

/**
 * Checks that a text can be a folder's path. '' is none: it would be the working directory. '~' is the shell's word for
 * the home folder, and `file:` begins an address: as paths, both would make folders of these very names.
 *
 * @param what what the error calls it: 'save: the folder'
 * @throws {OptionError} saying what to write
 */
export function checkPath(what: string, path: string): void {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new OptionError(
      `${what} is ${describe(path)}, but must be a path, such as 'runs/a'; '.' is the working directory.`,
    );
  }
  if (/^~(\/|$)/.test(path)) {
    throw new OptionError(
      `${what} is ${describe(path)}, but only a shell knows '~'. Write the path in full, or './~' for a folder of that name.`,
    );
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) {
    throw new OptionError(
      `${what} is ${describe(path)}, an address, but must be a path. Of a file: address it is fileURLToPath(address), of node:url.`,
    );
  }
}
