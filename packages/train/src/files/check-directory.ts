import { OptionError, describe } from '@striate/core';

/** @throws {OptionError} unless it can be a folder's path. '' is none: it would be the working directory. */
export function checkDirectory(where: string, directory: string): void {
  if (typeof directory === 'string' && directory !== '' && !directory.includes('\0')) return;
  throw new OptionError(
    `${where}: the folder is ${describe(directory)}, but must be a path, such as 'runs/a'; '.' is the working directory.`,
  );
}
