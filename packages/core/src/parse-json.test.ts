import { expect, test } from 'vitest';
import { DataError } from './errors.ts';
import { parseJson } from './parse-json.ts';

const parse = (text: string): unknown => parseJson(text, (reason) => new DataError(`card: ${reason}.`));
const faultOf = (text: string): string => {
  try {
    parse(text);
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    return (error as Error).message;
  }
};

test('what JSON.parse gives is given', () => {
  const value = { a: [1, -2.5e3, 'x"\\{[', null, true], 'b\n': { a: { a: [] } }, __proto__x: {} };
  expect(parse(JSON.stringify(value))).toEqual(value);
  expect(parse(' "text" ')).toBe('text');
  expect(parse('[{"a":1},{"a":1}]')).toEqual([{ a: 1 }, { a: 1 }]);
});

test('a key that stands twice is refused, however it is written', () => {
  expect(faultOf('{"a":1,"b":{"a":2},"a":3}')).toBe(`card: it has 'a' twice.`);
  expect(faultOf('{"a":1,"\\u0061" :3}')).toBe(`card: it has 'a' twice.`);
  expect(faultOf('{"\\"a":1,"\\"a"\n:3}')).toBe(`card: it has '"a' twice.`);
});

test('what is no JSON is said in a line', () => {
  expect(faultOf('{')).toMatch(/^card: it is not JSON \(.*\)\.$/);
  expect(faultOf('')).toMatch(/^card: it is not JSON/);
  expect(faultOf('{"\\x":1}')).toMatch(/^card: it is not JSON/);
  expect(faultOf('"abc')).toMatch(/^card: it is not JSON/);
  expect(faultOf(`{${'a'.repeat(1e6)}`).length).toBeLessThan(200);
});

test('time grows with the length alone: deep nesting, a name of escapes, many keys, open strings', () => {
  const started = process.cpuUsage(); // not the clock, which other processes slow
  expect(faultOf('['.repeat(4e6))).toBe('card: it is nested more than 100 deep.');
  expect(faultOf(`${'{"a":'.repeat(1e6)}1${'}'.repeat(1e6)}`)).toBe('card: it is nested more than 100 deep.');
  expect(Object.keys(parse(`{"${'\\n'.repeat(1e7)}":1}`) as object)[0]).toHaveLength(1e7);
  const keys = Array.from({ length: 300_000 }, (_, index) => `"key number ${index}":{"a":0}`);
  expect(faultOf(`{${keys.join()},"key number 7":0}`)).toBe(`card: it has 'key number 7' twice.`);
  expect(faultOf('"\\'.repeat(4e6))).toMatch(/not JSON/);
  expect(process.cpuUsage(started).user / 1e6).toBeLessThan(10);
});
