// What '#platform' is in pages and their workers; see package.json's imports.
import type { Platform } from '../platform.ts';
import { resize } from './resize.ts';
import { startDecoder } from './start-decoder.ts';

const platform: Platform = { startDecoder, resize };

export default platform;
