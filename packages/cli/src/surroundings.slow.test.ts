import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint } from './testing/fingerprint.ts';
import { writeSmallMnist } from './testing/small-mnist.ts';
import { striate } from './testing/striate.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeSmallMnist(join(folder.path, 'small'), { train: 400, test: 100 });
});
afterAll(() => folder.remove());

/** A short training of the smallest model. */
const training = (out: string, ...more: readonly string[]): string[] =>
  'train --directory small --model mlp --batch 32 --epochs 1 --threads 1 --out'.split(' ').concat(out, more);

test.skipIf(process.platform !== 'linux')('a lock counts in other containers too', async ({ skip }) => {
  const apart = ['unshare', '-p', '-f', '--mount-proc'];
  try {
    execFileSync(apart[0]!, [...apart.slice(1), 'true'], { stdio: 'pipe' });
  } catch (error) {
    skip(`no process namespace can be made here: ${String(error)}`);
  }
  const words = (...more: readonly string[]): string[] => [
    ...apart.slice(1),
    process.execPath,
    '--conditions=@striate/source',
    main,
    ...training('contained', '--json', ...more),
  ];
  const first = spawn(apart[0]!, words('--epochs', '500'), { cwd: folder.path, stdio: 'ignore' });
  const ended = once(first, 'close');
  while (!existsSync(join(folder.path, 'contained', 'checkpoints'))) await setTimeout(10);
  const second = spawnSync(apart[0]!, words('--overwrite'), { cwd: folder.path, encoding: 'utf8' });
  expect(second.stderr).toMatch(
    /^striate: contained: another training writes there\..* It is process \d+ on \S+, since \S+, whose process cannot be seen from here; if it is gone, the folder is free in \d+ s\.\n$/,
  );
  expect(second.status).toBe(1);
  // Somebody takes the lock away: the first one writes no more.
  rmSync(join(folder.path, 'contained', 'in-use'));
  expect(await ended).toEqual([1, null]);
});

describe.skipIf(!existsSync('/dev/full'))('a result that nobody takes', () => {
  const shell = (command: string): Promise<{ code: number; stderr: string }> =>
    new Promise((resolve) => {
      const full = command.replace('striate', `'${process.execPath}' --conditions=@striate/source '${main}'`);
      execFile('bash', ['-c', full], { cwd: folder.path }, (error, _stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stderr }),
      );
    });

  test('is an error that says where the model is', async () => {
    const words = training('full', '--epochs', '1', '--json').join(' ');
    const { code, stderr } = await shell(`striate ${words} > /dev/full`);
    expect(stderr).toMatch(
      /\nstriate: the result could not be written to standard output \(ENOSPC.*\)\. The model is saved in full\/model\. It would have been: \{"testAccuracy":/,
    );
    expect(code).toBe(1);
    expect((await striate(folder.path, 'evaluate', 'full', '--directory', 'small')).code).toBe(0);
  });

  test.each(['--help', '--version', 'help train'])('of %s is one too', async (words) => {
    const { code, stderr } = await shell(`striate ${words} > /dev/full`);
    expect(stderr).toMatch(/^striate: standard output could not be written \(ENOSPC/);
    expect(code).toBe(1);
  });

  test.each(['summary lenet5 --json', 'summary lenet5', 'doctor --backend wasm --json'])('of %s', async (words) => {
    const { code, stderr } = await shell(`striate ${words} > /dev/full`);
    expect(stderr).toMatch(/^striate: the result could not be written to standard output \(ENOSPC/);
    expect(code).toBe(1);
  });

  test('is one behind a closed pipe too', async () => {
    const { code, stderr } = await shell('set -o pipefail; striate summary lenet5 --json | true');
    expect(stderr).toMatch(/^striate: the result could not be written to standard output \(.*EPIPE/);
    expect(code).toBe(1);
  });
});

test('a place where no folder can be made', async () => {
  const { code, stderr } = await striate(folder.path, ...training('/proc/x'));
  expect(stderr).toMatch(/^striate: \/proc\/x: cannot be written \(ENOENT.*\)\. Choose another --out\.\n$/);
  expect(code).toBe(1);
});

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';

test.skipIf(!isRoot)('a mount in a run stays where it is (needs root to make one)', async ({ skip }) => {
  const run = join(folder.path, 'mounted');
  const mount = join(run, 'model');
  mkdirSync(mount, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', mount], { stdio: 'pipe' });
  } catch (error) {
    skip(`no file system can be mounted here: ${String(error)}`);
  }
  try {
    const first = await striate(folder.path, ...training('mounted'));
    expect(first.stderr).toBe('');
    const before = fingerprint(run);
    expect(before).toHaveProperty(['model/model.json']);
    const second = await striate(folder.path, ...training('mounted', '--overwrite'));
    expect(second.stderr).toMatch(
      /^striate: mounted: what is there could not be set aside \(Error: EBUSY.*Choose another --out\.\n$/,
    );
    expect(second.code).toBe(1);
    expect(fingerprint(run)).toEqual(before);
  } finally {
    execFileSync('umount', [mount]);
  }
});
