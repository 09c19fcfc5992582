import { OptionError } from '@striate/core';
import { node, type NodeModules } from '#node';

/**
 * What data sets need of Node.
 *
 * @param where the call that needs it: 'mnist'
 * @param instead what works in a page: 'Give { files }.'
 * @throws {OptionError} in a page
 */
export function nodeFiles(where: string, instead: string): NodeModules {
  if (node) return node;
  throw new OptionError(`${where}: a page has no folders and packages to take files from. ${instead}`);
}
