import { readdir } from 'node:fs/promises';

/** The names of what lies in a folder, sorted. */
export const namesIn = async (folder: string): Promise<string[]> => (await readdir(folder)).toSorted();
