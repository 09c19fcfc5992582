import { expect, test, vi } from 'vitest';
import { commandLine, commandName } from './command-line.ts';

test.each([
  ['npm/11.0.0 node/v24.21.0 linux x64 workspaces/false', '/p/node_modules/.bin/striate', 'npx striate'],
  ['pnpm/12.21.0 npm/? node/v24.21.0 linux x64', '/p/node_modules/striate/bin/striate.js', 'pnpm exec striate'],
  ['yarn/4.9.0 npm/? node/v24.21.0 linux x64', '/p/node_modules/.bin/striate', 'yarn striate'],
  ['', '/p/node_modules/.bin/striate', 'npx striate'],
  [undefined, '/usr/local/bin/striate', 'striate'],
])('under %j, started as %s, it is called %s', (agent, script, name) => {
  expect(commandName({ npm_config_user_agent: agent }, script)).toBe(name);
});

test('words are quoted for a shell where they need it', () => {
  vi.stubEnv('npm_config_user_agent', '');
  const line = commandLine('train', '--out', 'my runs/a', '--resume', "it's", 'a\nb', '$x');
  expect(line).toBe(String.raw`striate train --out 'my runs/a' --resume 'it'\''s' 'a` + "\nb' '$x'");
  vi.unstubAllEnvs();
});
