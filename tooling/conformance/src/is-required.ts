/** What can be required: backends under Node, and in browsers ('-browser' alone is Chromium). */
const known = [
  'cpu',
  'wasm',
  'onednn',
  'tensorflow',
  'webgpu',
  'wasm-browser',
  'wasm-browser-firefox',
  'wasm-browser-webkit',
  'webgpu-browser',
];
const required = (process.env['STRIATE_REQUIRE'] ?? '').split(',').filter((name) => name !== '');

const unknown = required.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  throw new Error(`STRIATE_REQUIRE lists ${unknown.join(' and ')}, but what there is are ${known.join(', ')}.`);
}

/** Whether STRIATE_REQUIRE lists it: `STRIATE_REQUIRE=wasm,wasm-browser` makes tests fail that would be skipped without those two. */
export const isRequired = (name: string): boolean => required.includes(name);
