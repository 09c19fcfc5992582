import { expect, it } from 'vitest';
import { checkPath } from './check-path.ts';

it.each(['runs/a', '.', './~', 'a~b', '~b', '/tmp/x', String.raw`C:\runs`, 'file:x'])('takes %s', (path) => {
  expect(() => checkPath('save: the folder', path)).not.toThrow();
});

it.each([
  ['', 'must be a path'],
  ['a\0b', 'must be a path'],
  [undefined, 'the folder is undefined'],
  ['~', "only a shell knows '~'"],
  ['~/runs', "only a shell knows '~'"],
  ['file:///tmp/x', 'an address, but must be a path'],
  ['https://example.org/x', 'an address, but must be a path'],
])('refuses %s', (path, message) => {
  expect(() => checkPath('save: the folder', path as string)).toThrow(message);
});
