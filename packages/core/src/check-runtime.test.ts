import { expect, it } from 'vitest';
import { checkRuntime } from './check-runtime.ts';

it.each([undefined, process.versions.node, '22.18.0', '24.0.0', '30.1.0'])('takes Node %s', (version) => {
  expect(() => checkRuntime('use', version)).not.toThrow();
});

it('refuses a Node that is too old, saying where to get another', () => {
  expect(() => checkRuntime('use', '20.20.2')).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: use: needs Node 22.18 or later, and this is 20.20.2. Get it from https://nodejs.org, or run npx -y -p node@24 -- node your-program.js.]`,
  );
  expect(() => checkRuntime('use', '22.17.9')).toThrow('needs Node 22.18');
});
