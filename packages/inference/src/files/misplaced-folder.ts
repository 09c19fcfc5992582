import { nodeFiles } from './node-files.ts';

const own: Readonly<Record<string, readonly string[]>> = {
  model: ['model.json', 'weights.safetensors'],
  checkpoint: ['training.json', 'tensors.safetensors'],
};

/**
 * What a folder is that was taken for a model's or a checkpoint's, and which to take instead; undefined if it holds files
 * of the one that is wanted, so that it may be that, damaged.
 */
export async function explainMisplaced(what: string, folder: string): Promise<string | undefined> {
  const { fs, path } = await nodeFiles();
  const names = await fs.readdir(folder).catch(() => undefined);
  const wanted = own[what];
  if (!names || !wanted || wanted.some((name) => names.includes(name))) return undefined;
  if (own['checkpoint']!.every((name) => names.includes(name)))
    return `this is a checkpoint's folder. Write readCheckpoint('${folder}', model)`;
  if (own['model']!.every((name) => names.includes(name))) return `this is a model's folder. Write load('${folder}')`;
  const newest = await newestIn(folder);
  if (newest !== undefined) return `this folder holds checkpoints, the newest ${newest}`;
  const inside = path.join(folder, 'model');
  const [hasModel, within] = [
    await fs.stat(path.join(inside, 'model.json')).catch(() => undefined),
    await newestIn(path.join(folder, 'checkpoints')),
  ];
  const parts = [
    ...(hasModel ? [`its model is in ${inside}`] : []),
    ...(within ? [`its newest checkpoint is ${within}`] : []),
  ];
  if (parts.length > 0) return `this is the folder of a training: ${parts.join(', and ')}`;
  return `this is no ${what}'s folder: it holds none of its files. Give another path`;
}

async function newestIn(folder: string): Promise<string | undefined> {
  const { fs, path } = await nodeFiles();
  const names = await fs.readdir(folder).catch(() => []);
  const step = (name: string): number => Number(name.slice('checkpoint-'.length));
  const newest = names
    .filter((name) => /^checkpoint-\d+$/.test(name))
    .toSorted((a, b) => step(a) - step(b))
    .at(-1);
  return newest === undefined ? undefined : path.join(folder, newest);
}
