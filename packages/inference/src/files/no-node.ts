// What '#node' is in pages and their workers; see package.json's imports.
import type { NodeModules } from './node.ts';

export const node: NodeModules | undefined = undefined;
