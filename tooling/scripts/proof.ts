// `pnpm proof NAME [options]`: runs proofs/NAME.ts on the packages' sources.
import { runNamed } from './run-named.ts';

runNamed('proof', 'proofs');
