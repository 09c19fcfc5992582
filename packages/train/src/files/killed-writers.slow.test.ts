import { cp, mkdir, readFile, readdir, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { cpu } from '@striate/core/testing';
import { use } from '@striate/core';
import { batches } from '@striate/data';
import { load, save, weightsSha256 } from '@striate/inference';
import { smallNet, temporaryFolder } from '@striate/inference/testing';
import { initialize, type Network } from '@striate/layers';
import { beforeAll, expect, test } from 'vitest';
import { checkpoints } from '../callbacks/checkpoints.ts';
import { fit } from '../fit.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { sgd } from '../optimizers/sgd.ts';
import { blobs } from '../testing/blobs.ts';
import type { Order } from '../testing/killed-writer.ts';
import { runWriter } from '../testing/run-writer.ts';
import { addForeignThings } from '../testing/foreign-things.ts';
import { ofThese, snapshot } from '../testing/snapshot.ts';
import { disposeTraining } from '../training-state.ts';
import { latestCheckpoint, listCheckpoints, setAsideCheckpoints, tidyUp } from './checkpoint-folders.ts';
import { readCheckpoint } from './checkpoint.ts';

// SIGKILL before each file operation of each writer, and half-way through each file: of the longer ones before each second
// one, from the first or the second on in turns, unless STRIATE_EVERY_OPERATION is set.
const everySecond = process.env.STRIATE_EVERY_OPERATION === undefined ? 2 : 1;

let networks: Network[];
let digests: string[];
beforeAll(async () => {
  await use(cpu());
  networks = [1, 2].map((seed) => initialize(smallNet(), { seed }));
  digests = await Promise.all(networks.map((network) => weightsSha256(network)));
});

/**
 * Kills the work before its first operation, its second and so on, then within its first file and so on; `check` sees
 * what each leaves.
 *
 * @param stride how many operations lie between two kills
 * @returns how many operations and files there were, with a stride of 1
 */
async function killAtEach(
  make: (place: string) => Promise<Omit<Order, 'killBefore' | 'killWithin'>>,
  check: (place: string) => Promise<void>,
  stride: number = everySecond,
): Promise<number[]> {
  const kill = async (way: 'killBefore' | 'killWithin'): Promise<number> => {
    const first = way === 'killBefore' ? 1 + (Math.floor(Date.now() / 1000) % stride) : 1;
    for (let number = first; ; number += way === 'killBefore' ? stride : 1) {
      const place = await temporaryFolder();
      await addForeignThings(place);
      const before = await snapshot(place, { folderTimes: false });
      const { code, text } = await runWriter({ ...(await make(place)), [way]: number });
      expect([0, null], text).toContain(code);
      expect(ofThese(before, await snapshot(place, { folderTimes: false }))).toEqual(before);
      await check(place);
      expect(ofThese(before, await snapshot(place, { folderTimes: false }))).toEqual(before);
      if (code === 0) return number - 1;
    }
  };
  return Promise.all([kill('killBefore'), kill('killWithin')]);
}

const digestOf = async (folder: string): Promise<string> => weightsSha256((await load(folder)).network);

test('a save that is killed leaves the model before or the new one, and the next save goes through', async () => {
  const source = await temporaryFolder();
  await save(networks[1]!, join(source, 'b'));
  const seen = new Set<string>();
  const counts = await killAtEach(
    async (place) => {
      await save(networks[0]!, join(place, 'model'));
      return { job: 'save', folder: join(place, 'model'), from: join(source, 'b') };
    },
    async (place) => {
      const folder = join(place, 'model');
      const found = await digestOf(folder);
      expect(digests).toContain(found);
      seen.add(found);
      await save(networks[0]!, folder);
      expect(await digestOf(folder)).toBe(digests[0]);
      expect((await readdir(folder)).toSorted()).toEqual(['SHA256SUMS', 'model.json', 'weights.safetensors']);
      expect((await readdir(place)).length).toBe(5);
    },
    1,
  );
  expect(counts).toEqual([9, 3]);
  expect(seen.size).toBe(2);
});

test('the first save of a folder that is killed leaves none or the whole, and the next one goes through', async () => {
  const source = await temporaryFolder();
  await save(networks[1]!, join(source, 'b'));
  for (const isThere of [false, true]) {
    await killAtEach(
      async (place) => {
        if (isThere) await mkdir(join(place, 'model'));
        return { job: 'save', folder: join(place, 'model'), from: join(source, 'b') };
      },
      async (place) => {
        const folder = join(place, 'model');
        const found = await digestOf(folder).catch((error: Error) => error.message);
        if (found !== digests[1]) expect(found).toMatch(isThere ? /SHA256SUMS is missing/ : /is not there/);
        await save(networks[0]!, folder);
        expect(await digestOf(folder)).toBe(digests[0]);
        expect((await readdir(folder)).length).toBe(3);
        expect((await readdir(place)).length).toBe(5);
      },
    );
  }
});

/** A folder with checkpoints of steps 2, 4 and so on. */
async function trained(steps: number): Promise<string> {
  const folder = join(await temporaryFolder(), 'run');
  const { state } = await fit(networks[0]!, {
    data: batches(blobs({ length: 4 * steps, seed: 1 }), { size: 4 }),
    epochs: 1,
    optimizer: sgd({ learningRate: 0.01 }),
    loss: crossEntropy(),
    callbacks: [checkpoints(folder, { everySteps: 2 })],
  });
  disposeTraining(state);
  return folder;
}

const stepsIn = async (folder: string): Promise<number[]> =>
  (await listCheckpoints(folder)).map((path) => Number(basename(path).slice(-6)));

/** Each checkpoint of a folder can be read. */
async function readAll(folder: string): Promise<void> {
  for (const path of await listCheckpoints(folder)) {
    const { state, folder: found } = await readCheckpoint(path, smallNet());
    expect(found.endsWith(String(state.step))).toBe(true);
    disposeTraining(state);
  }
}

test('an overwriting run that is killed never shows checkpoints of both runs', async () => {
  const old = await trained(4);
  const other = await trained(4);
  const seen = new Set<string>();
  await killAtEach(
    async (place) => {
      await cp(old, join(place, 'run'), { recursive: true });
      return { job: 'overwrite', folder: join(place, 'run'), from: join(other, 'checkpoint-000002') };
    },
    async (place) => {
      const folder = join(place, 'run');
      const steps = await stepsIn(folder);
      seen.add(steps.join());
      expect(['2,4', '', '2']).toContain(steps.join());
      await readAll(folder);
      // The old run's are somewhere, whole, until the new one has a checkpoint.
      if (steps.length === 0) {
        await tidyUp(folder);
        expect(await stepsIn(join(folder, 'overwritten'))).toEqual([2, 4]);
        await readAll(join(folder, 'overwritten'));
      }
      const { state } = await fit(networks[0]!, {
        data: batches(blobs({ length: 4, seed: 1 }), { size: 4 }),
        epochs: 1,
        optimizer: sgd({ learningRate: 0.01 }),
        loss: crossEntropy(),
        callbacks: [checkpoints(folder, { overwrite: true })],
      });
      disposeTraining(state);
      expect(await readdir(folder)).toEqual(['checkpoint-000001']);
    },
  );
  expect(seen).toEqual(new Set(['2,4', '', '2']));
});

test('setting aside for a resume is done or not done, wherever it is killed', async () => {
  const old = await trained(6);
  await killAtEach(
    async (place) => {
      await cp(old, join(place, 'run'), { recursive: true });
      return { job: 'resume', folder: join(place, 'run') };
    },
    async (place) => {
      const folder = join(place, 'run');
      const steps = await stepsIn(folder);
      expect(['2,4,6', '2']).toContain(steps.join());
      await readAll(folder);
      await tidyUp(folder);
      if (steps.length === 1) expect(await stepsIn(join(folder, 'abandoned-after-000002'))).toEqual([4, 6]);
      expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
    },
  );
});

test('checkpoints that are removed are never found half removed', async () => {
  const old = await trained(4);
  await killAtEach(
    async (place) => {
      await cp(old, join(place, 'run'), { recursive: true });
      return { job: 'prune', folder: join(place, 'run') };
    },
    async (place) => {
      const folder = join(place, 'run');
      expect((await stepsIn(folder)).at(-1)).toBe(4);
      await readAll(folder);
      await tidyUp(folder);
      expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
      const found = await latestCheckpoint(folder, smallNet());
      disposeTraining(found!.state);
      expect(await setAsideCheckpoints(folder)).toBe(join(folder, 'overwritten'));
    },
  );
});

test('two processes that save at once end in one whole model; the other says so, or comes after', async () => {
  const source = await temporaryFolder();
  for (const [index, name] of ['a', 'b'].entries()) await save(networks[index]!, join(source, name));
  for (let round = 0; round < 6; round++) {
    const folder = join(source, `model-${Math.floor(round / 2)}`);
    const at = Date.now() + 1_500;
    const ends = await Promise.all(
      ['a', 'b'].map((name) => runWriter({ job: 'save', folder, from: join(source, name), at })),
    );
    const codes = ends.map(({ code }) => code);
    expect(codes).toContain(0);
    for (const { code, text } of ends)
      if (code !== 0) expect(text).toMatch(/^DataError: .* by another at the same time/);
    const found = await digestOf(folder);
    expect(digests.filter((_, index) => codes[index] === 0)).toContain(found);
    expect((await readdir(folder)).length).toBe(3);
  }
});

test('a model that is read while it is replaced again and again is always whole', async () => {
  const source = await temporaryFolder();
  for (const [index, name] of ['a', 'b'].entries()) await save(networks[index]!, join(source, name));
  const folder = join(source, 'model');
  await save(networks[0]!, folder);
  let isOver = false;
  const writer = runWriter({ job: 'saveOften', folder, from: join(source, 'b'), other: join(source, 'a') });
  void writer.then(() => (isOver = true));
  const seen = new Set<string>();
  while (!isOver) seen.add(await digestOf(folder));
  expect(await writer).toEqual({ code: 0, text: '' });
  expect(seen).toEqual(new Set(digests));
});

test.skipIf(process.platform !== 'linux')(
  'a writer that sleeps too long loses its turn and ends in an error (that a process is stopped, Linux says in /proc)',
  async () => {
    const source = await temporaryFolder();
    await save(networks[1]!, join(source, 'b'));
    for (let stopBefore = 2; stopBefore <= 7; stopBefore++) {
      const folder = join(source, `model-${stopBefore}`);
      await save(networks[0]!, folder);
      let pid = 0;
      const sleeper = runWriter(
        { job: 'save', folder, from: join(source, 'b'), stopBefore },
        (started) => (pid = started),
      );
      while (!/\) T /.test(await readFile(`/proc/${pid}/stat`, 'utf8'))) await setTimeout(20);
      await expect(save(networks[0]!, folder)).rejects.toThrow('by another at the same time');
      const partial = (await readdir(folder)).find((name) => name.includes('partial'));
      // As if it had slept for an hour.
      await utimes(join(folder, partial!), new Date(), new Date(Date.now() - 3_600_000));
      await save(networks[0]!, folder);
      process.kill(pid, 'SIGCONT');
      expect(await sleeper).toMatchObject({ code: 3, text: expect.stringMatching(/^DataError/) as string });
      expect(await digestOf(folder)).toBe(digests[0]);
      expect((await readdir(folder)).length).toBe(3);
    }
  },
);

test('what a dead writer elsewhere left by a clock that was ahead is no reason to wait for that clock', async () => {
  const folder = join(await temporaryFolder(), 'model');
  await save(networks[0]!, folder);
  const left = join(folder, '.partial-0123456789ab-1-0123456789ab');
  await mkdir(left);
  const ahead = new Date(Date.now() + 3_600_000);
  await utimes(left, ahead, ahead);
  await save(networks[1]!, folder);
  expect(await digestOf(folder)).toBe(digests[1]);
  expect((await readdir(folder)).length).toBe(3);
  // A living one is still heard.
  await mkdir(left);
  await utimes(left, ahead, ahead.getTime() / 1000 - 1);
  let beats = 0;
  const beat = setInterval(() => {
    const time = new Date(ahead.getTime() + 1000 * ++beats);
    void utimes(left, time, time);
  }, 1000);
  await expect(save(networks[0]!, folder)).rejects.toThrow('is being written by another');
  clearInterval(beat);
}, 120_000);
