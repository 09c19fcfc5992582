// `pnpm golden:setup`: PyTorch for making golden values, in the ignored folder .golden/ at the root.
import { fileURLToPath } from 'node:url';
import { installTorch, makeEnvironment, pythonOf } from './python-environment.ts';

const environment = fileURLToPath(new URL('../../.golden/python', import.meta.url));
try {
  makeEnvironment(environment);
  installTorch(environment);
  console.log(`ready: ${pythonOf(environment)} tooling/golden/ops.py`);
} catch (error) {
  console.error(`golden:setup: ${(error as Error).message}`);
  process.exitCode = 1;
}
