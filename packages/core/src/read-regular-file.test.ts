import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readRegularFile } from './read-regular-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'striate-files-'));
});
afterAll(() => fs.rm(folder, { recursive: true }));

it('reads files up to the limit, through links too', async () => {
  for (const length of [0, 1, 65_537, 3_000_000]) {
    const bytes = Uint8Array.from({ length }, (_, place) => place * 7);
    const file = join(folder, `${length}`);
    await fs.writeFile(file, bytes);
    await fs.symlink(file, `${file}-link`);
    expect(Buffer.compare(await readRegularFile(fs, `${file}-link`, length), bytes)).toBe(0);
    if (length > 0) await expect(readRegularFile(fs, file, length - 1)).rejects.toMatchObject({ code: 'EFBIG' });
  }
});

it.runIf(process.platform === 'linux')('of files that do not say their size, reads all, up to the limit', async () => {
  const status = await readRegularFile(fs, '/proc/self/status', 100_000);
  expect(new TextDecoder().decode(status)).toMatch(/^Name:.*\n$/s);
  await expect(readRegularFile(fs, '/proc/self/status', 50)).rejects.toMatchObject({ code: 'EFBIG' });
});

it('refuses folders and devices', async () => {
  await expect(readRegularFile(fs, folder, 10)).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(readRegularFile(fs, '/dev/zero', 10)).rejects.toMatchObject({ code: 'ENOTREG' });
  await expect(readRegularFile(fs, join(folder, 'none'), 10)).rejects.toMatchObject({ code: 'ENOENT' });
});
