// What '#node' is under Node; see package.json's imports.
import * as fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { env } from 'node:process';
import * as url from 'node:url';

/** What data sets need of Node; undefined in a page, whose bundles get no-node.ts. */
export interface NodeModules {
  fs: typeof fs;
  os: typeof os;
  path: typeof path;
  url: typeof url;
  env: typeof env;
  createRequire: typeof createRequire;
  /** URL of this package's code. */
  here: string;
}

export const node: NodeModules | undefined = { fs, os, path, env, url, createRequire, here: import.meta.url };
