import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { holderOf, lockFolder } from './folder-lock.ts';
import type { Holder } from './lock-file.ts';
import { thisProcess } from './process-identity.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

async function place(): Promise<string> {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  return path;
}

const run = randomUUID();
const take = (folder: string) => {
  const lock = lockFolder(folder, { run, begins: true });
  onTestFinished(lock.release);
  return lock;
};

/** A process that has ended. */
function ended(): Holder {
  const { pid } = spawnSync(process.execPath, ['--version']);
  return { ...thisProcess(), pid, token: randomUUID(), run, begins: true, since: '2026-01-01T00:00:00.000Z' };
}

const leave = (folder: string, holder: object, name = 'in-use'): void =>
  writeFileSync(join(folder, name), JSON.stringify(holder));

test('a folder is held, by a whole file and nothing else, until it is given back', async () => {
  const folder = await place();
  const lock = take(folder);
  expect(readdirSync(folder)).toEqual(['in-use']);
  expect(holderOf(folder)).toMatchObject({ ...thisProcess(), run, begins: true });
  lock.check();
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('a second one is told who holds it, and since when', async () => {
  const folder = await place();
  take(folder);
  const { host, pid, since } = holderOf(folder)!;
  expect(() => lockFolder(folder, { run, begins: true })).toThrow(
    `${folder}: another training writes there. Wait for it, or choose another --out. It is process ${pid} on ${host}, since ${since}.`,
  );
  expect(readdirSync(folder)).toEqual(['in-use']);
});

test.each<[string, Partial<Holder>]>([
  ['whose process has ended', {}],
  ['whose number another process has now', { pid: process.pid, start: '1' }],
])('a holder %s is followed', async (_name, differences) => {
  const folder = await place();
  leave(folder, { ...ended(), ...differences });
  take(folder);
  expect(holderOf(folder)!.pid).toBe(process.pid);
  expect(readdirSync(folder)).toEqual(['in-use']);
});

test.each<[string, Partial<Holder>]>([
  ['in another container', { namespace: 'pid:[1]' }],
  ['on another machine', { boot: 'another', host: 'another' }],
])('a holder %s is followed once it is silent for two minutes', async (_name, differences) => {
  const folder = await place();
  leave(folder, { ...ended(), ...differences });
  expect(() => lockFolder(folder, { run, begins: true })).toThrow(
    /, whose process cannot be seen from here; if it is gone, the folder is free in (120|119) s\.$/,
  );
  const longAgo = Date.now() / 1000 - 121;
  utimesSync(join(folder, 'in-use'), longAgo, longAgo);
  take(folder);
  expect(holderOf(folder)!.pid).toBe(process.pid);
});

test('a process that was stopped, however long, keeps its folder', async () => {
  const folder = await place();
  leave(folder, { ...ended(), ...thisProcess() });
  utimesSync(join(folder, 'in-use'), 1, 1);
  expect(() => lockFolder(folder, { run, begins: true })).toThrow('another training writes there');
});

test("an earlier version's lock is a process number", async () => {
  const folder = await place();
  writeFileSync(join(folder, 'in-use'), `${process.ppid}\n`);
  expect(() => lockFolder(folder, { run, begins: true })).toThrow(
    `another training writes there (process ${process.ppid})`,
  );
  for (const gone of [ended().pid, process.pid]) {
    writeFileSync(join(folder, 'in-use'), `${gone}\n`);
    take(folder).release();
  }
});

test.each(['', 'x', '{}', '{"pid":1}', 'null', '0'])('a file %j that is no lock is left alone', async (text) => {
  const folder = await place();
  const path = join(folder, 'in-use');
  writeFileSync(path, text);
  expect(() => lockFolder(folder, { run, begins: true })).toThrow(`${path}: is not a lock that striate wrote`);
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(readdirSync(folder)).toEqual(['in-use']);
});

test('a folder or a link of that name is left alone', async () => {
  const folder = await place();
  mkdirSync(join(folder, 'a', 'in-use'), { recursive: true });
  mkdirSync(join(folder, 'b'));
  leave(folder, ended(), 'elsewhere');
  symlinkSync('../elsewhere', join(folder, 'b', 'in-use'));
  for (const name of ['a', 'b']) {
    expect(() => lockFolder(join(folder, name), { run, begins: true })).toThrow('is not a lock that striate wrote');
    expect(readdirSync(join(folder, name))).toEqual(['in-use']);
  }
});

test('who may not follow leaves the lock as it was', async () => {
  const folder = await place();
  const holder = ended();
  leave(folder, holder);
  const follow = (found: Holder): void => {
    throw new Error(`not after ${found.token}`);
  };
  expect(() => lockFolder(folder, { run, begins: true, follow })).toThrow(`not after ${holder.token}`);
  expect(holderOf(folder)).toEqual(holder);
  expect(readdirSync(folder)).toEqual(['in-use']);
});

test('a lock that was taken away is noticed, and the new one left alone', async () => {
  const folder = await place();
  const lock = take(folder);
  const other = { ...ended(), host: 'another', boot: 'another' };
  leave(folder, other);
  expect(() => lock.check()).toThrow(`${folder}: this training no longer holds the folder`);
  lock.release();
  expect(holderOf(folder)).toEqual(other);
});

test('the right to follow passes on from those who died with it', async () => {
  const folder = await place();
  const [first, second] = [ended(), ended()];
  leave(folder, first);
  leave(folder, second, `in-use-after-${first.token}`);
  take(folder);
  expect(holderOf(folder)!.pid).toBe(process.pid);
  expect(readdirSync(folder)).toEqual(['in-use']);
});

test('who is about to follow is waited for', async () => {
  const folder = await place();
  const first = ended();
  leave(folder, first);
  leave(folder, { ...ended(), ...thisProcess() }, `in-use-after-${first.token}`);
  expect(() => lockFolder(folder, { run, begins: true })).toThrow('another training writes there');
  expect(holderOf(folder)).toEqual(first);
});

test('of many that follow a stale lock at once, one holds the folder', async () => {
  const folder = await place();
  const module = JSON.stringify(new URL('folder-lock.ts', import.meta.url).href);
  // Each waits for the signal file, then tries, and holds on so long that the others have tried.
  const script = `
    import { existsSync } from 'node:fs';
    import { lockFolder } from ${module};
    console.log('ready');
    const pause = new Int32Array(new SharedArrayBuffer(4));
    while (!existsSync(${JSON.stringify(join(folder, 'go'))})) Atomics.wait(pause, 0, 0, 2);
    try {
      lockFolder(${JSON.stringify(folder)}, { run: ${JSON.stringify(run)}, begins: true });
      console.log('held');
      process.stdin.resume();
    } catch (error) {
      console.log(error.message.includes('another training') ? 'refused' : error.stack);
      process.stdin.unref();
    }`;
  leave(folder, ended());
  const starts = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, ['--conditions=@striate/source', '--input-type=module', '-e', script]);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    return { child, said: () => said.trim().split('\n'), ended: new Promise((resolve) => child.on('close', resolve)) };
  });
  const allSay = async (lines: number): Promise<void> => {
    while (!starts.every(({ said }) => said().length >= lines)) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await allSay(1);
  writeFileSync(join(folder, 'go'), '');
  await allSay(2);
  expect(starts.map(({ said }) => said()[1]!).toSorted()).toEqual(['held', 'refused', 'refused', 'refused']);
  for (const { child } of starts) child.kill('SIGKILL');
  await Promise.all(starts.map((start) => start.ended));
});
