// Finds blocks of 12 lines that stand in two places. Part of `pnpm check` and `pnpm test`.
import { run } from './run.ts';

/** Files in which blocks may be alike, with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  // Rows of a tile that lies in registers: AssemblyScript has no loop over variables, and a call for each would lose them.
  'packages/backend-wasm/assembly/depthwise-tile.ts': 'register tiles',
  'packages/backend-wasm/assembly/product-tile.ts': 'register tiles',
  'packages/backend-wasm/assembly/outer-product-tile.ts': 'register tiles',
  'packages/backend-wasm/assembly/winograd-outer-products.ts': 'register tiles',
  // A loop for each kind, which the compiler must know: a case each, of which activation.ts has as many by chance.
  'packages/backend-wasm/assembly/unary.ts': 'cases by kind',
};
const others = ['**/node_modules/**', '**/dist/**', '**/generated/**', '**/.installed/**'];

const folders = 'packages apps tooling proofs benchmarks examples';
const settings = '--format typescript,javascript,python --min-lines 12 --min-tokens 60 --mode weak --reporters console';
const ignored = [...Object.keys(exceptions), ...others].join();
// Two files that need the same import it in the same lines.
const imports = "import [^;]* from '[^']*';";
run('jscpd', [...`${folders} ${settings} --exit-code`.split(' '), '--ignore', ignored, '--ignore-pattern', imports]);
