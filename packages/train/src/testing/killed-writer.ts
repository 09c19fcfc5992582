// Does one piece of work on folders and is killed before its nth operation on files, or half-way through the nth file.
//
//   node --conditions=@striate/source killed-writer.ts '{ "job": "save", "folder": "...", "killBefore": 3 }'
//
// It exits with 0 if it was not killed, with 3 and the error on stdout if the work failed.
import { readFile, readdir } from 'node:fs/promises';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

/** What the writer is to do. */
export interface Order {
  job: 'save' | 'overwrite' | 'resume' | 'prune' | 'saveOften';
  folder: string;
  /** Folder whose files are saved. */
  from?: string;
  /** The process is stopped (SIGSTOP) before this operation, and goes on when it is told to. */
  stopBefore?: number;
  /** A second one that 'saveOften' takes turns with. */
  other?: string;
  /** The process is killed before this operation, counted from 1. */
  killBefore?: number;
  /** The process is killed when it has written half of this file, counted from 1. */
  killWithin?: number;
  /** When to begin, as Date.now() counts. */
  at?: number;
}

const order = JSON.parse(process.argv[2]!) as Order;
const counts = { operations: 0, files: 0 };
const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
  // It takes a moment to arrive.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};

/** Counts an operation and is killed before the one that was ordered. */
function deadly<Rest extends unknown[], Result>(
  operation: (...rest: Rest) => Promise<Result>,
): (...rest: Rest) => Promise<Result> {
  return async (...rest) => {
    if (++counts.operations === order.killBefore) die();
    if (counts.operations === order.stopBefore) process.kill(process.pid, 'SIGSTOP');
    return operation(...rest);
  };
}
const { writeFile } = promises;
async function writeHalf(...[file, data, options]: Parameters<typeof writeFile>): Promise<void> {
  if (++counts.files !== order.killWithin) return writeFile(file, data, options);
  const bytes = Buffer.from(data as string);
  await writeFile(file, bytes.subarray(0, bytes.length / 2), { flush: true });
  die();
}
Object.assign(promises, {
  mkdir: deadly(promises.mkdir),
  rename: deadly(promises.rename),
  rm: deadly(promises.rm),
  rmdir: deadly(promises.rmdir),
  chmod: deadly(promises.chmod),
  writeFile: deadly(writeHalf),
});
syncBuiltinESMExports();

const { writeFolder } = await import('@striate/inference/internal');
const folders = await import('../files/checkpoint-folders.ts');

async function filesOf(folder: string): Promise<Record<string, Uint8Array>> {
  const names = (await readdir(folder)).filter((name) => name !== 'SHA256SUMS');
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, new Uint8Array(await readFile(join(folder, name)))] as const)),
  );
}

const jobs: Record<Order['job'], () => Promise<unknown>> = {
  save: async () => writeFolder('model', order.folder, await filesOf(order.from!)),
  async saveOften() {
    for (let turn = 0; turn < 40; turn++) {
      await writeFolder('model', order.folder, await filesOf(turn % 2 === 0 ? order.from! : order.other!));
    }
  },
  async overwrite() {
    await folders.setAsideCheckpoints(order.folder);
    await writeFolder('checkpoint', join(order.folder, folders.checkpointName(2)), await filesOf(order.from!));
    await folders.forgetOverwritten(order.folder);
  },
  resume: () => folders.setAsideAfter(order.folder, 2),
  prune: async () => folders.removeCheckpoints((await folders.listCheckpoints(order.folder)).slice(0, -1)),
};

if (order.at !== undefined) {
  const { at } = order;
  await new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, at - Date.now()));
  });
}
try {
  await jobs[order.job]();
} catch (error) {
  process.stdout.write(String(error));
  process.exitCode = 3;
}
