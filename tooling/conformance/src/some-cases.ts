import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';

/** Which cases are taken: 'all', or a word that they are drawn by. It is the commit's, unless STRIATE_CASES names one. */
export const choice: string = process.env['STRIATE_CASES'] ?? commit();

/** For titles of tests, so that a failure can be repeated. */
export const howToRepeat: string = `STRIATE_CASES=${choice} takes the same cases, STRIATE_CASES=all takes all`;

/**
 * The cases that a test runs on a backend: all of them, but for WebGPU, which without a GPU compiles a program for every
 * shape, a third of a second each. It takes a part, and says how many.
 */
export function casesFor<Case>(backend: string, cases: readonly Case[], describe: (one: Case) => string): Case[] {
  if (backend !== 'webgpu') return [...cases];
  const some = someCases(cases, describe);
  console.log(`${backend}: ${some.length} of ${cases.length} cases (${howToRepeat})`);
  return some;
}

/**
 * A part of the cases: at least one for each value that an option has in any of them, and a quarter of the rest, others with every commit.
 *
 * @param describe - a case in words: its op or layer first, then its options as words or as JSON
 */
export function someCases<Case>(
  cases: readonly Case[],
  describe: (one: Case) => string,
  word: string = choice,
): Case[] {
  if (word === 'all') return [...cases];
  const drawn = cases
    .map((one) => ({ one, traits: traitsOf(describe(one)), lot: draw(word + describe(one)) }))
    .toSorted((a, b) => a.lot - b.lot);
  const seen = new Set<string>();
  const taken = new Set<Case>();
  for (const { one, traits, lot } of drawn) {
    if (traits.every((trait) => seen.has(trait)) && lot % 4 !== 0) continue;
    taken.add(one);
    for (const trait of traits) seen.add(trait);
  }
  return cases.filter((one) => taken.has(one));
}

/**
 * The values of options: `conv2d x [2, 9] {"strides":[1,2],"pad":"same"} with bias` has `conv2d "strides":1n`,
 * `conv2d "pad":"same"`, `conv2d with` and `conv2d bias`. Of numbers, 0 and 1 are values of their own, of lists it
 * counts what occurs; shapes are none.
 */
export function traitsOf(text: string): string[] {
  const [kind = '', ...rest] = text.split(' ');
  const plain = rest
    .join(' ')
    .replaceAll(/(?<![\w.])-?\d+(\.\d+)?(e-?\d+)?/g, (number) => (number === '0' || number === '1' ? number : 'n'))
    .replaceAll(/:\[([^\]]*)\]/g, (_, list: string) => `:${[...new Set(list.split(','))].toSorted().join('')}`);
  const options = plain.match(/"\w+":[^,{}]+/g) ?? [];
  const words = plain.replaceAll(/\{.*\}|\[[^\]]*\]/g, ' ').match(/[^\s,]+/g) ?? [];
  return [kind, ...[...options, ...words].map((trait) => `${kind} ${trait}`)];
}

const draw = (text: string): number => createHash('sha256').update(text).digest().readUInt32LE();

function commit(): string {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--short=10', 'HEAD'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'no-commit';
}
