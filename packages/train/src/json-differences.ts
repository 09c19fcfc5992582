import { isRecord } from '@striate/core';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What differs between two records, entry by entry: 'losses.dense.weight 1 instead of 2'.
 *
 * @param path what the names begin with; '' for none
 * @param names whose entries are compared: those of the record from before, or of both, where an entry that is lacking
 * means none
 */
export function jsonDifferences(path: string, before: Fields, now: Fields, names: 'before' | 'both'): string[] {
  const compared = names === 'before' ? Object.keys(before) : new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...compared].flatMap((name) => {
    const [value, other] = [before[name], now[name]];
    const place = path === '' ? name : `${path}.${name}`;
    if (isRecord(value) && isRecord(other)) return jsonDifferences(place, value, other, names);
    if (JSON.stringify(value) === JSON.stringify(other)) return [];
    return [`${place} ${short(value)} instead of ${short(other)}`];
  });
}

function short(value: unknown): string {
  const text = value === undefined ? 'none' : JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 40)}...`;
}
