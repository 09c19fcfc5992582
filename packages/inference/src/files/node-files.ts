import { OptionError } from '@striate/core';
import { node, type NodeModules } from '#node';

/**
 * Node's file functions.
 *
 * @throws {OptionError} in a page, saying what to use there
 */
export async function nodeFiles(): Promise<NodeModules> {
  if (node) return node;
  throw new OptionError(
    'a page has no folders, so save, checkpoints and their folders are for Node. ' +
      'In a page, modelFiles(network) gives what save writes, as bytes by name: offer them as downloads or send them to a server. ' +
      'load takes such files, those of a dropped folder, or a URL.',
  );
}
