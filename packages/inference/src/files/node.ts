// What '#node' is under Node; see package.json's imports.
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import process from 'node:process';
import * as url from 'node:url';

/** Node's modules that files need; undefined in a page, whose bundles get no-node.ts. */
export interface NodeModules {
  fs: typeof fs;
  os: typeof os;
  path: typeof path;
  process: typeof process;
  url: typeof url;
}

export const node: NodeModules | undefined = { fs, os, path, process, url };
