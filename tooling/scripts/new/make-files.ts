import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backendFiles, backendLists } from './backend.ts';
import { namesOf, type Change, type Names } from './changes.ts';
import { kernelFiles } from './kernel.ts';
import { families } from './kinds.ts';
import { opFile, opLists, opTest } from './op.ts';

/** What `pnpm new` can make. */
export const things: readonly string[] = ['op', 'kernel', 'backend', ...Object.keys(families)];

/**
 * Makes the files of a new thing, and its place in what lists such things.
 *
 * @param root the repository
 * @returns the files that were made or changed
 * @throws Error for an unknown thing, an impossible name, and one that is taken
 */
export function makeFiles(root: string, thing: string, given: string): string[] {
  const names = namesOf(given);
  if (!things.includes(thing)) throw new Error(`there is no '${thing}'. Known: ${things.join(', ')}.`);
  if (!names) throw new Error(`'${given}' is no name. Write it as softShrink or soft-shrink.`);
  const { made, lists } = filesOf(thing, names);
  const taken = made.find(({ path }) => existsSync(join(root, path)));
  if (taken) throw new Error(`${taken.path} is there already.`);
  const changed = lists.map(({ path, apply }) => ({ path, text: apply(readFileSync(join(root, path), 'utf8')) }));
  for (const { path, text } of [...made, ...changed]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return [...made, ...changed].map(({ path }) => path);
}

function filesOf(
  thing: string,
  names: Names,
): { made: readonly { path: string; text: string }[]; lists: readonly Change[] } {
  if (thing === 'kernel') return { made: kernelFiles(names), lists: [] };
  if (thing === 'backend') return { made: backendFiles(names), lists: backendLists(names) };
  const family = families[thing];
  const folder = family?.folder ?? 'packages/core/src/ops';
  return {
    made: [
      { path: `${folder}/${names.file}.ts`, text: family ? family.file(names) : opFile(names) },
      { path: `${folder}/${names.file}.test.ts`, text: family ? family.test(names) : opTest(names) },
    ],
    lists: family ? family.lists(names) : opLists(names),
  };
}
