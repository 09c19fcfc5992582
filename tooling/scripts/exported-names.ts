import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What a file exports. */
export interface Exported {
  /** Its name, without .ts. */
  file: string;
  names: readonly string[];
}

/**
 * The exports of a folder that a list is made of, by file.
 *
 * @param pattern finds one in a file's text, its name as the first group; with the flag g
 */
export async function exportedNames(folder: string, pattern: RegExp): Promise<Exported[]> {
  const files = (await readdir(folder)).filter((name) => /^[^.]+\.ts$/.test(name)).sort();
  const exported = files.map(async (name) => {
    const text = await readFile(join(folder, name), 'utf8');
    return { file: name.slice(0, -3), names: [...text.matchAll(pattern)].map((match) => match[1]!) };
  });
  return (await Promise.all(exported)).filter(({ names }) => names.length > 0);
}
