import { lstatSync, readFileSync, statSync } from 'node:fs';
import { DataError, readJson } from '@striate/core';
import * as v from 'valibot';
import type { ProcessIdentity } from './process-identity.ts';

/** Name of the lock's file; other names that begin with it are locks in the making, and rights to take a stale one. */
export const lockName = 'in-use';

/** Bytes: some times what a lock has. */
const longestLock = 4096;

/** Who holds a folder. */
export interface Holder extends ProcessIdentity {
  /** Its own: no two holders have the same. */
  readonly token: string;
  /** The run that begins there, or goes on. */
  readonly run: string;
  readonly begins: boolean;
  readonly since: string;
}

const schema: v.GenericSchema<Holder> = v.strictObject({
  token: v.pipe(v.string(), v.uuid()),
  run: v.pipe(v.string(), v.uuid()),
  begins: v.boolean(),
  since: v.string(),
  host: v.string(),
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  boot: v.exactOptional(v.string()),
  namespace: v.exactOptional(v.string()),
  start: v.exactOptional(v.string()),
});

/** A lock of an earlier version: a process number alone. */
export interface BareHolder {
  token: string;
  pid: number;
}

/**
 * The holder that a lock names; undefined if there is none.
 *
 * @throws {DataError} if the file is no lock of ours
 */
export function readHolder(path: string, folder: string): Holder | BareHolder | undefined {
  let bytes: Buffer;
  try {
    const found = lstatSync(path);
    if (!found.isFile() || found.size > longestLock) throw foreign(path);
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const number = /^(\d{1,10})\n?$/.exec(bytes.toString())?.[1];
  if (number !== undefined && Number(number) > 0) return { token: `process-${number}`, pid: Number(number) };
  try {
    return readJson(folder, bytes, schema);
  } catch {
    throw foreign(path);
  }
}

const foreign = (path: string): DataError =>
  new DataError(
    `${path}: is not a lock that striate wrote. Choose another --out, or move it away if no training runs.`,
  );

/** Milliseconds since a lock's last beat; 0 if it has just gone. */
export function silenceOf(path: string, own: string): number {
  try {
    return statSync(own).mtimeMs - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
