import { safeParse, type GenericSchema, type InferOutput } from 'valibot';
import { describe } from './describe.ts';
import { DataError } from './errors.ts';
import { parseJson } from './parse-json.ts';

/**
 * Reads a JSON file by its schema: UTF-8, JSON without a key twice, and of the schema's form.
 *
 * @param where what errors call the file: 'model runs/a/model: model.json'
 * @returns what the schema says of it; keys that the schema does not have are left out where it is an `object`, refused where it is a `strictObject`
 * @throws {DataError} naming the first place that is not of the form, what is there and what must be
 * @example
 * readJson('card', bytes, v.object({ formatVersion: v.literal(1) })); // card: formatVersion is 2, but must be 1.
 */
export function readJson<Schema extends GenericSchema>(
  where: string,
  bytes: Uint8Array,
  schema: Schema,
): InferOutput<Schema> {
  return checkForm(
    where,
    parseJson(textOf(where, bytes), (reason) => new DataError(`${where}: ${reason}.`)),
    schema,
  );
}

function textOf(where: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DataError(`${where}: it is not a text in UTF-8.`, { cause });
  }
}

/**
 * Checks a value by a schema. A message that the schema brings says what must be: `v.check(isOdd, 'an odd number')`.
 *
 * @param fail makes the error; a DataError if left out
 * @throws what `fail` makes, naming the first place that is not of the form, what is there and what must be
 * @example
 * checkForm('card', { size: 'x' }, v.object({ size: v.number() })); // card: size is "x", but must be a number.
 */
export function checkForm<Schema extends GenericSchema>(
  where: string,
  value: unknown,
  schema: Schema,
  fail: (message: string) => Error = (message) => new DataError(message),
): InferOutput<Schema> {
  const result = safeParse(schema, value, { abortEarly: true, abortPipeEarly: true, message: wanted });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = issue.path ?? [];
  const place = placeOf(path);
  // A check of several members that names one of them was given all of them.
  const found = path.length > 0 ? path.at(-1)!.value : issue.input;
  if (found === undefined) throw fail(`${where}: ${place} is missing.`);
  throw fail(`${where}: ${place} is ${describe(found)}, but must be ${issue.message}.`);
}

const words: Readonly<Record<string, string>> = {
  Object: 'an object',
  Array: 'a list',
  number: 'a number',
  string: 'a text',
  never: 'left out: there is none of that name',
};

function wanted({ expected }: { readonly expected: string | null }): string {
  return words[expected ?? ''] ?? expected ?? 'another value';
}

/** 'names[1].first' */
function placeOf(path: readonly { readonly key: unknown }[]): string {
  const place = path.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const name = place.replace(/^\./, '') || 'it';
  return name.length <= 100 ? name : `${name.slice(0, 100)}...`;
}
