// `pnpm bench NAME [--json] [options]`: runs benchmarks/NAME.ts on the packages' sources.
import { runNamed } from './run-named.ts';

runNamed('bench', 'benchmarks');
