import { randomBits } from '@striate/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKillWalk, type KillWalk } from './testing/kill-walk.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

// A few of the kills of `pnpm proof kill --every-operation`.
const seed = 19;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let walk: KillWalk;
beforeAll(async () => {
  folder = await temporaryFolder();
  walk = await createKillWalk(folder.path);
});
afterAll(() => folder.remove());

test.each([0, 1, 2, 3])(
  'killed at file operations, scene %d goes on as itself and leaves what is not its own',
  async (index) => {
    const scene = walk.scenes[index]!;
    const { length } = await walk.operationsOf(scene);
    const [first, second] = randomBits({ seed, stream: 1_002, call: index, step: 0 }, { length: 2 });
    const kills = [walk.kill(scene, 1 + (first! % length), 'before'), walk.kill(scene, 1 + (second! % length), 'half')];
    for (const { problems } of await Promise.all(kills)) expect(problems, `seed ${seed}`).toEqual([]);
  },
);
