import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Puts into a folder what a person may have there: files, folders, links to both. */
export async function addForeignThings(folder: string): Promise<void> {
  await mkdir(join(folder, 'photos', 'album'), { recursive: true });
  await writeFile(join(folder, 'photos', 'album', 'cat.jpg'), 'cat');
  await writeFile(join(folder, 'thesis.txt'), 'not to be lost');
  await symlink('thesis.txt', join(folder, 'latest'));
  await symlink('photos', join(folder, 'pictures'));
}
