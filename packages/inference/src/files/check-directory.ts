import { checkPath } from '@striate/core';

/** @throws {OptionError} unless it can be a folder's path */
export const checkDirectory = (where: string, directory: string): void => checkPath(`${where}: the folder`, directory);
