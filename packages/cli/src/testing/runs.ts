// Run folders for tests: opened, refused, and as a training leaves them.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { thisProcess } from '../process-identity.ts';
import { openRunFolder, type RunFolder, type RunFolderOptions } from '../run-folder.ts';
import { identityOf, type RunSettings } from '../run-settings.ts';
import { fingerprint } from './fingerprint.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const settings: RunSettings = {
  model: 'mlp',
  data: 'mnist',
  epochs: 2,
  batch: 32,
  seed: 3,
  optimizer: 'adam',
  schedule: 'constant',
  validation: 0.05,
};
export const earlier = 'c0ffee00-0000-4000-8000-000000000001';
export const other = 'c0ffee00-0000-4000-8000-000000000002';

export async function place(): Promise<string> {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  return join(path, 'run');
}

export async function open(
  path: string,
  options: RunFolderOptions & Partial<RunSettings> = {},
): Promise<RunFolder<RunSettings>> {
  const folder = await openRunFolder(path, { ...settings, ...options }, (name) => name in options);
  onTestFinished(folder.release);
  return folder;
}

export const refusal = async (path: string, options?: RunFolderOptions): Promise<string> => {
  const before = fingerprint(path);
  const error = await open(path, options).then(
    () => new Error('opened'),
    (cause: Error) => cause,
  );
  expect(fingerprint(path)).toEqual(before);
  return error.message.replaceAll(path, 'run');
};

export const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
export const writeJson = (path: string, value: unknown): void =>
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);

/** A folder as `save` and checkpoints leave it. */
export function writeChecksummed(path: string, names: readonly string[]): void {
  mkdirSync(path, { recursive: true });
  for (const name of names) writeFileSync(join(path, name), name);
  const lines = names.map((name) => `${createHash('sha256').update(name).digest('hex')}  ${name}\n`);
  writeFileSync(join(path, 'SHA256SUMS'), lines.join(''));
}

/** What a training leaves. */
export function writeRun(
  path: string,
  {
    run = earlier,
    checkpoints = [12, 24],
    isDone = true,
  }: { run?: string; checkpoints?: number[]; isDone?: boolean } = {},
): void {
  mkdirSync(path, { recursive: true });
  writeJson(join(path, 'options.json'), identityOf(run, { ...settings, seed: 1 }));
  for (const step of checkpoints) {
    const name = `checkpoint-${String(step).padStart(6, '0')}`;
    writeChecksummed(join(path, 'checkpoints', name), ['tensors.safetensors', 'training.json']);
  }
  if (!isDone) return;
  writeChecksummed(join(path, 'model'), ['model.json', 'weights.safetensors']);
  writeJson(join(path, 'history.json'), { epochs: [{ epoch: 1, loss: 1 }], stopped: 'completed' });
}

/** The lock of a process that was killed. */
export const leaveLock = (path: string, run: string): void =>
  writeJson(join(path, 'in-use'), {
    token: '0a0a0a0a-0000-4000-8000-000000000000',
    run,
    begins: true,
    since: '2026-11-21T10:00:00.000Z',
    ...thisProcess(),
    pid: 999_999_999,
  });
