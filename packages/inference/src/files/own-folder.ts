import { nodeFiles } from './node-files.ts';

// What this library removes, it removes file by file and by name, so that nothing of anybody else's can go with it.

/** Files that systems put into folders by themselves. They are left alone and do not count. */
const litter = /^(\.DS_Store|\._.*|Thumbs\.db|desktop\.ini|\.nfs[0-9a-f]+|lost\+found)$/;

/** Entries of a folder that are not files of the names given: links and folders of such names too. */
export async function strangersIn(folder: string, names: readonly string[]): Promise<string[]> {
  const { fs } = await nodeFiles();
  const entries = await fs.readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => !(entry.isFile() && names.includes(entry.name)) && !litter.test(entry.name))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
}

/**
 * Removes a folder that holds files of the names given and nothing else.
 *
 * @returns whether it is gone: one that holds anything else is left as it is
 */
export async function removeOwnFolder(folder: string, names: readonly string[]): Promise<boolean> {
  const { fs, path } = await nodeFiles();
  if ((await strangersIn(folder, names)).length > 0) return false;
  for (const name of names) await fs.rm(path.join(folder, name), { force: true });
  // Not recursive: what came in meanwhile stays.
  return fs.rmdir(folder).then(
    () => true,
    () => false,
  );
}
