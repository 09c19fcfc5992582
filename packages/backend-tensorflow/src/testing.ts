// For tests: whether TensorFlow is here; where it is not, they are skipped with the reason, unless STRIATE_REQUIRE wants it.
import { tensorflow } from './tensorflow.ts';

const found = await tensorflow({ threads: 2 }).probe();
const isRequired = (process.env['STRIATE_REQUIRE'] ?? '').split(',').includes('tensorflow');
if (!found.available && isRequired) throw new Error(`STRIATE_REQUIRE lists tensorflow, but: ${found.reason}`);

/** Why tests that need TensorFlow are skipped, or undefined. */
export const skipReason: string | undefined = found.available ? undefined : `${found.reason} ${found.remedy}`;
