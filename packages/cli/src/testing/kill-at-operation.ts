// Loaded before a program (`--import`): counts its file operations below $KILL_BELOW and kills it with SIGKILL at number
// $KILL_AT, before it ('before') or half-way ('half': half of a file's bytes, half of a folder's entries; what cannot be
// halved is done, and nothing after it). Without $KILL_AT it writes the operations to $KILL_LOG.
import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, relative, resolve, sep } from 'node:path';

type Call = (this: unknown, ...values: unknown[]) => unknown;
type Functions = Record<string, Call>;

const { KILL_BELOW: below = '', KILL_AT: at, KILL_HOW: how, KILL_LOG: log } = process.env;
const operations: string[] = [];
/** What Node does within one operation is no other one. */
const within = new AsyncLocalStorage<true>();

const isBelow = (path: unknown): path is string =>
  typeof path === 'string' && `${resolve(path)}${sep}`.startsWith(`${resolve(below)}${sep}`);

/** Both paths of those that have two. */
const changing = [
  'mkdir',
  'rmdir',
  'unlink',
  'rm',
  'rename',
  'link',
  'symlink',
  'copyFile',
  'chmod',
  'utimes',
  'truncate',
];
const writing = ['writeFile', 'appendFile'];

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** Counts an operation; whether it is the one to be done half. */
function enter(name: string, path: string): boolean {
  operations.push(`${name} ${relative(below, path).replaceAll(/[0-9a-f]{8}[0-9a-f-]*/g, '*')}`);
  if (at === undefined || operations.length !== Number(at)) return false;
  return how === 'half' || die();
}

const original: Functions = { ...(fs as unknown as Functions) };

/** Removes half of what a folder holds. */
function removeHalf(path: string): void {
  const names = fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ? fs.readdirSync(path) : [];
  for (const name of names.slice(0, Math.ceil(names.length / 2))) {
    original['rmSync']!.call(fs, join(path, name), { recursive: true, force: true });
  }
}

const firstHalf = (data: unknown): unknown => {
  const bytes = typeof data === 'string' ? Buffer.from(data) : (data as Uint8Array);
  return bytes.subarray(0, Math.floor(bytes.length / 2));
};

async function settled(value: unknown): Promise<never> {
  await Promise.resolve(value).catch(() => undefined);
  return die();
}

function patch(functions: Functions, ending: '' | 'Sync'): void {
  const isSync = ending === 'Sync';
  for (const name of [...changing, ...writing]) {
    const inner = functions[name + ending]!;
    functions[name + ending] = function (...values) {
      const path = values.slice(0, 2).find(isBelow);
      if (path === undefined || within.getStore()) return inner.apply(this, values);
      return within.run(true, () => {
        if (!enter(name, path)) return inner.apply(this, values);
        const isRecursive = name === 'rm' && (values[1] as { recursive?: boolean } | undefined)?.recursive === true;
        if (isRecursive) removeHalf(path);
        const half = writing.includes(name) ? [values[0], firstHalf(values[1]), ...values.slice(2)] : values;
        const done = isRecursive ? undefined : inner.apply(this, half);
        return isSync ? die() : settled(done);
      });
    };
  }
}

/** A file that is opened for writing is made then, and what is written through its handle are operations of their own. */
function patchOpen(functions: Functions): void {
  const inner = functions['open']!;
  functions['open'] = async function (...values) {
    const [path, flags] = values;
    const isWritten = isBelow(path) && typeof flags === 'string' && /[wax+]/.test(flags);
    if (!isWritten || within.getStore()) return inner.apply(this, values);
    const isLast = enter('open', path);
    const handle = (await inner.apply(this, values)) as Functions;
    if (isLast) die();
    for (const name of ['write', 'writeFile', 'sync', 'truncate']) {
      const method = handle[name]!;
      handle[name] = function (...given) {
        if (within.getStore()) return method.apply(handle, given);
        return within.run(true, () => {
          if (!enter(`handle.${name}`, path)) return method.apply(handle, given);
          return settled(method.apply(handle, name.startsWith('write') ? [firstHalf(given[0])] : given));
        });
      };
    }
    return handle;
  };
}

if (below !== '') {
  patch(fs as unknown as Functions, 'Sync');
  patch(fs.promises as unknown as Functions, '');
  patchOpen(fs.promises as unknown as Functions);
  syncBuiltinESMExports();
  if (log !== undefined) {
    process.on('exit', () => original['writeFileSync']!.call(fs, log, JSON.stringify(operations)));
  }
}
