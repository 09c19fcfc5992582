import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RunFolder } from './run-folder.ts';
import { recallSettings, rememberSettings, type RunSettings } from './run-settings.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const settings: RunSettings = {
  model: 'mlp',
  data: 'mnist',
  epochs: 9,
  batch: 32,
  seed: 3,
  optimizer: 'sgd',
  schedule: 'cosine',
  learningRate: 0.1,
  validation: 0.1,
};
const defaults: RunSettings = {
  model: 'lenet5',
  data: 'mnist',
  epochs: 6,
  batch: 64,
  seed: 1,
  optimizer: 'adam',
  schedule: 'constant',
  validation: 0.05,
};

async function folder(hasCheckpoints: boolean): Promise<RunFolder> {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  return { path, checkpoints: join(path, 'checkpoints'), hasCheckpoints };
}

test('what is not given comes from the run', async () => {
  const run = await folder(true);
  await rememberSettings(run, settings);
  expect(await recallSettings(run, defaults, () => false)).toEqual(settings);
});

test('epochs and learning rate may change', async () => {
  const run = await folder(true);
  await rememberSettings(run, settings);
  const given = { ...defaults, epochs: 12, learningRate: 0.01 };
  const recalled = await recallSettings(run, given, (name) => name === 'epochs' || name === 'learningRate');
  expect(recalled).toEqual({ ...settings, epochs: 12, learningRate: 0.01 });
});

test.each(['model', 'batch', 'seed', 'optimizer', 'schedule', 'validation'] as const)(
  'another %s is refused',
  async (name) => {
    const run = await folder(true);
    await rememberSettings(run, settings);
    const refused = recallSettings(run, defaults, (option) => option === name);
    await expect(refused).rejects.toThrow(
      `--${name} is ${defaults[name]}, but the training in ${run.path} was started with ${settings[name]}. Leave --${name} out, or choose another --out.`,
    );
    await expect(recallSettings(run, settings, (option) => option === name)).resolves.toEqual(settings);
  },
);

test('a run without a checkpoint may begin again with anything', async () => {
  const run = await folder(false);
  await rememberSettings(run, settings);
  expect(await recallSettings(run, defaults, (name) => name === 'seed')).toEqual({ ...settings, seed: 1 });
});

test('a run that a program made has no settings', async () => {
  expect(await recallSettings(await folder(true), defaults, () => false)).toEqual(defaults);
});

test('settings that are damaged are an error', async () => {
  const run = await folder(true);
  await writeFile(join(run.path, 'options.json'), '{"model":');
  const refused = await recallSettings(run, defaults, () => false).catch((cause: Error) => cause);
  expect((refused as Error).message.replace(run.path, 'run')).toMatchInlineSnapshot(
    `"run/options.json: cannot be read (SyntaxError: Unexpected end of JSON input). Remove it and give all options."`,
  );
});
