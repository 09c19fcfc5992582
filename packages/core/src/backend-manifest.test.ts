import { expect, it } from 'vitest';
import { optionsFromTexts, splitBackend } from './backend-manifest.ts';
import { option } from './index.ts';

const options = {
  threads: option.optional(option.count({ doc: '', example: 2 })),
  share: option.number({ doc: '', default: 0, minimum: 0, below: 1 }),
  simd: option.choice({ doc: '', names: ['auto', 'plain'], default: 'auto' }),
  library: option.optional(option.text({ doc: '', example: 'a.so' })),
  profile: option.flag({ doc: '', default: false }),
  winograd: option.flag({ doc: '', default: true }),
};
const read = (text: string): Record<string, unknown> => optionsFromTexts('wasm', splitBackend(text).options, options);

it('reads numbers, flags, choices and texts', () => {
  expect(splitBackend('@me/backend-mine')).toEqual({ name: '@me/backend-mine', options: [] });
  expect(read('wasm')).toEqual({});
  expect(read('wasm,threads=2,share=.5,simd=plain,library=/a=b.so,profile,winograd=false')).toEqual({
    threads: 2,
    share: 0.5,
    simd: 'plain',
    library: '/a=b.so',
    profile: true,
    winograd: false,
  });
});

it.each([
  ['an unknown name', 'wasm,thread=2'],
  ['a name twice', 'wasm,threads=2,threads=3'],
  ['no value', 'wasm,threads'],
  ['an empty one', 'wasm,library='],
  ["JavaScript's number", 'wasm,threads=0x2'],
  ['a number out of range', 'wasm,threads=0'],
  ['another name', 'wasm,simd=relaxd'],
  ['no flag', 'wasm,profile=yes'],
  ['nothing', 'wasm,'],
  ['what every object has', 'wasm,toString=2'],
])('refuses %s', (_, text) => {
  expect(() => read(text)).toThrowErrorMatchingSnapshot();
});
