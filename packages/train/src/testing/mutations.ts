import type { Json } from '@striate/core';

/** Numbers from 0 to below `limit`, the same for the same seed. */
export function createDice(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** What may stand anywhere in a JSON file that somebody else wrote. */
const oddities: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e300,
  2 ** 32,
  2 ** 53,
  '',
  'x',
  'relu',
  'dense',
  '__proto__',
  'constructor',
  '\u001b[31m\n',
  'y'.repeat(5000),
  [],
  [[]],
  [null],
  [1, 2],
  {},
  { type: 'dense' },
  { type: '__proto__', options: {} },
  Array.from({ length: 3000 }, (_, index) => index),
];

/** A JSON value with one thing changed at a random place: replaced, left out, doubled, exchanged or renamed. */
export function mutateJson(json: Json, dice: (limit: number) => number): Json {
  const copy = structuredClone<Json>(json);
  const places: { holder: Record<string, Json>; key: string }[] = [];
  const walk = (value: Json): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      places.push({ holder: value as Record<string, Json>, key });
      walk((value as Record<string, Json>)[key]!);
    }
  };
  walk(copy);
  const { holder, key } = places[dice(places.length)]!;
  const other = places[dice(places.length)]!;
  switch (dice(6)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      break;
    case 1:
      if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
      else holder[`${key}x`] = holder[key]!;
      break;
    case 2:
      holder[key] = structuredClone(other.holder[other.key]!);
      break;
    case 3:
      holder[key] = wrongKind(holder[key]!);
      break;
    default:
      holder[key] = structuredClone(oddities[dice(oddities.length)]!);
  }
  return copy;
}

function wrongKind(value: Json): Json {
  if (typeof value === 'number') return dash(value);
  if (typeof value === 'string') return [value];
  return JSON.stringify(value);
}

const dash = (value: number): Json => (Number.isInteger(value) ? -value - 1 : String(value));

/** Bytes of which a few are others, or which end too early or too late. */
export function mutateBytes(bytes: Uint8Array, dice: (limit: number) => number): Uint8Array {
  if (dice(8) === 0) return bytes.slice(0, dice(bytes.length));
  if (dice(8) === 0) return Uint8Array.of(...bytes, dice(256));
  const changed = bytes.slice();
  for (let change = dice(3); change >= 0; change--) changed[dice(changed.length)]! ^= 1 + dice(255);
  return changed;
}
