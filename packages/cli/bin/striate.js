#!/usr/bin/env node
import { existsSync } from 'node:fs';

const built = new URL('../dist/main.js', import.meta.url);
if (!existsSync(built)) {
  console.error('striate: not built yet. Run `pnpm build` in the workspace first.');
  process.exit(1);
}
await import(built.href);
