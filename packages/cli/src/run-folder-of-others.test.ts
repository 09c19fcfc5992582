import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { thisProcess } from './process-identity.ts';
import { fingerprint } from './testing/fingerprint.ts';
import { open, other, place, refusal, writeChecksummed, writeJson, writeRun } from './testing/runs.ts';

test('a link or a folder of somebody that has the name of what a run sets aside is left alone', async () => {
  const path = await place();
  mkdirSync(join(path, 'precious'), { recursive: true });
  writeFileSync(join(path, 'precious', 'thesis.txt'), 'mine');
  symlinkSync('precious', join(path, `replaced-by-${other}`));
  expect(await refusal(path)).toContain(`run/replaced-by-${other}: striate train did not write this`);

  const plain = await place();
  mkdirSync(join(plain, `replaced-by-${other}`), { recursive: true });
  writeFileSync(join(plain, `replaced-by-${other}`, 'notes.txt'), 'mine');
  const { release } = await open(plain);
  expect(readFileSync(join(plain, `replaced-by-${other}`, 'notes.txt'), 'utf8')).toBe('mine');
  release();
});

test('a model of somebody in a folder of that name is not put back as ours', async () => {
  const path = await place();
  mkdirSync(join(path, `replaced-by-${other}`, 'model'), { recursive: true });
  writeFileSync(join(path, `replaced-by-${other}`, 'model', 'net.py'), 'mine');
  const error = await open(path).then(
    () => new Error('opened'),
    (cause: Error) => cause,
  );
  expect(error.message).toContain("it holds 'net.py'");
  expect(readFileSync(join(path, `replaced-by-${other}`, 'model', 'net.py'), 'utf8')).toBe('mine');
});

test('who has lost the folder changes nothing more in it, though its start comes to nothing', async () => {
  const path = await place();
  writeRun(path);
  const first = await open(path, { overwrite: true });
  rmSync(join(path, 'in-use'));
  const second = await open(path, { overwrite: true });
  const before = fingerprint(path);
  await expect(first.begun()).rejects.toThrow('no longer holds the folder');
  await first.giveUp();
  expect(fingerprint(path)).toEqual(before);
  second.release();
});

test('a file of somebody in a checkpoint is not ours because checksums name it', async () => {
  const path = await place();
  writeRun(path, { checkpoints: [] });
  writeChecksummed(join(path, 'checkpoints', 'checkpoint-000012'), [
    'notes.txt',
    'tensors.safetensors',
    'training.json',
  ]);
  expect(await refusal(path, { overwrite: true })).toContain('notes.txt: striate train did not write this');
});

test('a start that was killed before it had its lock is told to who resumes', async () => {
  const path = await place();
  writeRun(path);
  const token = 'c0ffee00-0000-4000-8000-000000000003';
  const gone = { ...thisProcess(), pid: 4_194_303, start: '1' };
  const left = join(path, `in-use-${token}.partial`);
  writeJson(left, { token, run: other, begins: true, since: '2026-01-01', ...gone });
  expect(await refusal(path, { resume: true })).toContain(`or remove run/in-use-${token}.partial to go on`);
  const { release } = await open(path, { overwrite: true });
  expect(existsSync(left)).toBe(false);
  release();
});
