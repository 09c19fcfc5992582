#!/usr/bin/env node
// In words that old versions of Node understand, so that they can be told what they lack.
import { existsSync } from 'node:fs';

var built = new URL('../dist/main.js', import.meta.url);
var version = process.versions.node.split('.').map(Number);

if (version[0] < 22 || (version[0] === 22 && version[1] < 18)) {
  process.exitCode = 1;
  console.error(
    'striate: needs Node 22.18 or later, and this is ' +
      process.version +
      '. Get it from https://nodejs.org, or run `npx -y -p node@24 -p striate striate`.',
  );
} else if (!existsSync(built)) {
  process.exitCode = 1;
  console.error('striate: not built yet. Run `pnpm build` in the workspace first.');
} else {
  void import(built.href);
}
