import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openRunFolder } from './run-folder.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

async function place(): Promise<string> {
  const { path, remove } = await temporaryFolder();
  const leave = vi.spyOn(process, 'once').mockReturnThis();
  onTestFinished(async () => {
    leave.mockRestore();
    await remove();
  });
  return join(path, 'run');
}

const textOf = (error: unknown, path: string): string => (error as Error).message.replaceAll(path, 'run');

test('a new folder is made and held until the process ends', async () => {
  const path = await place();
  expect(await openRunFolder(path, {})).toEqual({
    path,
    checkpoints: join(path, 'checkpoints'),
    hasCheckpoints: false,
  });
  expect(existsSync(join(path, 'in-use'))).toBe(true);
  const leave = vi.mocked(process.once).mock.calls.find(([event]) => event === 'exit')![1] as () => void;
  leave();
  expect(existsSync(path)).toBe(false);
});

test('a folder that a living process holds is refused', async () => {
  const path = await place();
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'in-use'), `${process.ppid}\n`);
  const error = await openRunFolder(path, {}).catch((cause: unknown) => cause);
  expect(textOf(error, path).replace(String(process.ppid), 'N')).toMatchInlineSnapshot(
    `"run: another training writes there (process N). Wait for it, or choose another --out. If there is none, remove run/in-use."`,
  );
});

test.each(['999999999', '', 'x', String(process.pid)])(
  'a lock that says %j is of a process that is gone',
  async (holder) => {
    const path = await place();
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'in-use'), holder);
    await expect(openRunFolder(path, {})).resolves.toMatchObject({ hasCheckpoints: false });
  },
);

test('checkpoints are neither mixed with nor removed unasked', async () => {
  const path = await place();
  await mkdir(join(path, 'checkpoints', 'checkpoint-000018'), { recursive: true });
  const error = await openRunFolder(path, {}).catch((cause: unknown) => cause);
  expect(textOf(error, path)).toMatchInlineSnapshot(
    `"run: already holds a checkpoint, the last run/checkpoints/checkpoint-000018. Add --resume to go on from it, --overwrite to remove them, or choose another --out."`,
  );
  expect(await openRunFolder(path, { resume: true })).toMatchObject({ hasCheckpoints: true });
  expect(await openRunFolder(path, { overwrite: true })).toMatchObject({ hasCheckpoints: true });
});
