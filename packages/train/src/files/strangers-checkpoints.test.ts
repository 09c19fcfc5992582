import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cpu } from '@striate/core/testing';
import { DataError, OptionError, use } from '@striate/core';
import { batches } from '@striate/data';
import { smallNet, temporaryFolder } from '@striate/inference/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkpoints } from '../callbacks/checkpoints.ts';
import { fit } from '../fit.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { sgd } from '../optimizers/sgd.ts';
import { blobs } from '../testing/blobs.ts';
import { addForeignThings } from '../testing/foreign-things.ts';
import { ofThese, snapshot } from '../testing/snapshot.ts';
import { disposeTraining } from '../training-state.ts';
import { listCheckpoints, setAsideCheckpoints } from './checkpoint-folders.ts';

beforeAll(async () => {
  await use(cpu());
});

const data = batches(blobs({ length: 8, seed: 1 }), { size: 4 });
const train = async (folder: string, overwrite: boolean): Promise<void> => {
  const { state } = await fit(smallNet(), {
    data,
    epochs: 1,
    optimizer: sgd({ learningRate: 0.01 }),
    loss: crossEntropy(),
    callbacks: [checkpoints(folder, { overwrite })],
  });
  disposeTraining(state);
};

/** Everything that writes checkpoints into a folder which may hold other things too. */
const trainings: Readonly<Record<string, (folder: string) => Promise<unknown>>> = {
  checkpoints: (folder) => train(folder, false),
  'checkpoints with overwrite': (folder) => train(folder, true),
  setAsideCheckpoints,
};

describe.each(Object.entries(trainings))('%s', (name, write) => {
  test("in a folder of a stranger's changes nothing of theirs", async () => {
    const place = await temporaryFolder();
    await addForeignThings(place);
    for (const odd of ['checkpoint-5.partial', 'overwritten', 'abandoned-after-000001', 'checkpoint-000001.replaced']) {
      await mkdir(join(place, odd));
      await addForeignThings(join(place, odd));
    }
    await writeFile(join(place, 'overwritten', 'set-aside.txt'), 'my list\n');
    const before = await snapshot(place, { folderTimes: false });
    await write(place);
    await write(place).catch(() => undefined);
    await write(place).catch(() => undefined);
    expect(ofThese(before, await snapshot(place, { folderTimes: false }))).toEqual(before);
    const found = (await listCheckpoints(place)).map((path) => basename(path));
    expect(found).toEqual(name === 'setAsideCheckpoints' ? [] : ['checkpoint-000002']);
  });

  test('says what is wrong with a path', async () => {
    const place = await temporaryFolder();
    await writeFile(join(place, 'file'), 'mine');
    await expect(write(join(place, 'file'))).rejects.toThrow(DataError);
    const before = await readdir('.');
    await expect((async () => write(''))()).rejects.toThrow(OptionError);
    expect(await readdir('.')).toEqual(before);
  });
});
