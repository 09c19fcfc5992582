// What '#platform' is under Node; see package.json's imports.
import { fileURLToPath } from 'node:url';
import type { Platform } from '../platform.ts';
import { readFile } from './read-file.ts';
import { resize } from './resize.ts';
import { startDecoder } from './start-decoder.ts';

const platform: Platform = { startDecoder, resize, readFile, fileURLToPath };

export default platform;
