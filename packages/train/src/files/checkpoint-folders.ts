import { nodeFiles } from './node-files.ts';
import type { Model } from '@striate/layers';
import { readCheckpoint, type Checkpoint } from './checkpoint.ts';
import { partialEnding, replacedEnding } from './checksummed-folder.ts';

const form = /^checkpoint-(\d+)$/;

/** Name of the checkpoint after a step: 'checkpoint-000938'. */
export function checkpointName(step: number): string {
  return `checkpoint-${String(step).padStart(6, '0')}`;
}

/**
 * Paths of the checkpoints in a folder, oldest first; [] if there is no such folder. What is still being written, or
 * was left half written, does not count.
 *
 * @example
 * await listCheckpoints('runs/a'); // ['runs/a/checkpoint-000500', 'runs/a/checkpoint-000938']
 */
export async function listCheckpoints(directory: string): Promise<string[]> {
  const { path } = await nodeFiles();
  const names = (await namesIn(directory)).filter((name) => form.test(name));
  const step = (name: string): number => Number(form.exec(name)![1]);
  return names.toSorted((a, b) => step(a) - step(b)).map((name) => path.join(directory, name));
}

/** Removes what interrupted writes left behind. */
export async function removeLeftovers(directory: string): Promise<void> {
  const { fs, path } = await nodeFiles();
  const isLeftover = (name: string): boolean =>
    [partialEnding, replacedEnding].some((ending) => name.endsWith(ending) && form.test(name.slice(0, -ending.length)));
  for (const name of (await namesIn(directory)).filter(isLeftover)) {
    await fs.rm(path.join(directory, name), { recursive: true, force: true });
  }
}

/** Removes checkpoints. Each loses its name first, so that none is ever found half removed. */
export async function removeCheckpoints(folders: readonly string[]): Promise<void> {
  const { fs } = await nodeFiles();
  for (const folder of folders) {
    const nameless = `${folder}${replacedEnding}`;
    await fs.rm(nameless, { recursive: true, force: true });
    await fs.rename(folder, nameless);
    await fs.rm(nameless, { recursive: true, force: true });
  }
}

/**
 * Reads the newest checkpoint in a folder. One that is damaged is an error, never passed over in silence; to go on from
 * an older one, remove the damaged folder.
 *
 * @returns undefined if there is none
 * @throws {DataError} naming the file that is damaged, or the first tensor that is not the model's
 * @example
 * const found = await latestCheckpoint('runs/a', lenet5());
 * await fit(lenet5(), { ...options, ...(found && { resume: found.state }) });
 */
export async function latestCheckpoint(directory: string, model: Model): Promise<Checkpoint | undefined> {
  const newest = (await listCheckpoints(directory)).at(-1);
  return newest === undefined ? undefined : readCheckpoint(newest, model);
}

async function namesIn(directory: string): Promise<string[]> {
  const { fs } = await nodeFiles();
  try {
    return await fs.readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
