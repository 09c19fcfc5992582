import { adviceOnOtherName } from './other-names.ts';

/** Edits (insert, delete, replace, swap neighbours not counted) that turn `a` into `b`: Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, '');

/** 'lr' of 'learningRate'. */
const initials = (name: string): string => plain(name.charAt(0) + name.slice(1).replaceAll(/[^A-Z]/g, ''));

/** Longer names than this are nobody's slip of the finger; comparing them takes time with the square of their length. */
const longest = 60;

/** The known name that is nearest to a mistyped one, or undefined if none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > longest) return undefined;
  const given = plain(name);
  const short = known.find((candidate) => given.length > 1 && initials(candidate) === given);
  const begun = known.filter((candidate) => given.length > 2 && plain(candidate).startsWith(given));
  const ranked = known
    .map((candidate) => ({ candidate, edits: distance(given, plain(candidate)) }))
    .toSorted((a, b) => a.edits - b.edits);
  const best = ranked[0];
  if (best && best.edits <= 1) return best.candidate;
  if (short !== undefined) return short;
  if (begun.length === 1) return begun[0];
  return best && best.edits <= Math.max(2, Math.floor(given.length / 2)) ? best.candidate : undefined;
}

/**
 * `Did you mean 'lenet5'? Known: lenet5, mlp.` - the ending of an error about an unknown name, which may be another
 * library's.
 */
export function suggestion(name: string, known: readonly string[]): string {
  const other = adviceOnOtherName(name, known);
  const near = other === undefined ? nearest(name, known) : undefined;
  const advice = other ?? (near === undefined ? '' : `Did you mean '${near}'?`);
  return `${advice && `${advice} `}${known.length > 0 ? `Known: ${known.join(', ')}.` : 'It has none.'}`;
}
