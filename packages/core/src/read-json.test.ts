import * as v from 'valibot';
import { expect, test } from 'vitest';
import { checkForm, readJson } from './read-json.ts';
import { OptionError } from './errors.ts';

const schema = v.object({
  version: v.literal(1),
  names: v.optional(
    v.array(
      v.pipe(
        v.string(),
        v.check((name) => name.length < 5, 'shorter'),
      ),
    ),
  ),
  kind: v.picklist(['a', 'b']),
});
const read = (value: unknown): unknown => readJson('card', new TextEncoder().encode(JSON.stringify(value)), schema);

test('what is of the form comes back', () => {
  expect(read({ version: 1, kind: 'a', names: ['x'], more: 5 })).toEqual({ version: 1, kind: 'a', names: ['x'] });
});

test('the first place that is not is named, with what is there and what must be', () => {
  expect(() => read(null)).toThrowErrorMatchingInlineSnapshot(`[DataError: card: it is null, but must be an object.]`);
  expect(() => read({ version: 2 })).toThrowErrorMatchingInlineSnapshot(
    `[DataError: card: version is 2, but must be 1.]`,
  );
  expect(() => read({ version: 1 })).toThrowErrorMatchingInlineSnapshot(`[DataError: card: kind is missing.]`);
  expect(() => read({ version: 1, kind: 'c' })).toThrowErrorMatchingInlineSnapshot(
    `[DataError: card: kind is "c", but must be ("a" | "b").]`,
  );
  expect(() => read({ version: 1, kind: 'a', names: ['x', 'longer'] })).toThrowErrorMatchingInlineSnapshot(
    `[DataError: card: names[1] is "longer", but must be shorter.]`,
  );
  expect(() => read({ version: 1, kind: 'a', names: 5 })).toThrowErrorMatchingInlineSnapshot(
    `[DataError: card: names is 5, but must be a list.]`,
  );
  expect(() => read({ version: 1, kind: 'a'.repeat(1e5) })).toThrowErrorMatchingInlineSnapshot(
    `[DataError: card: kind is "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..., but must be ("a" | "b").]`,
  );
  expect(() => readJson('card', Uint8Array.of(0x22, 0xff, 0x22), v.string())).toThrowErrorMatchingInlineSnapshot(
    `[DataError: card: it is not a text in UTF-8.]`,
  );
  expect(() => readJson('card', Uint8Array.of(0x22), v.string())).toThrowErrorMatchingInlineSnapshot(
    `[DataError: card: it is not JSON (Unterminated string in JSON at position 1 (line 1 column 2)).]`,
  );
  expect(() => checkForm('f', 5, v.string(), (message) => new OptionError(message))).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: f: it is 5, but must be a text.]`,
  );
});
