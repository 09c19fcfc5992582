// `pnpm golden:setup`: PyTorch and Keras for making golden values, in the ignored folder .golden/ at the root.
import { fileURLToPath } from 'node:url';
import { hasPackage, installTorch, makeEnvironment, pipInstall, pythonOf } from './python-environment.ts';

/** The version whose values are committed; it computes with PyTorch. */
const kerasVersion = '3.15.1';

const environment = fileURLToPath(new URL('../../.golden/python', import.meta.url));
try {
  makeEnvironment(environment);
  installTorch(environment);
  if (!hasPackage(environment, 'keras', kerasVersion)) pipInstall(environment, [`keras==${kerasVersion}`]);
  console.log(`ready: ${pythonOf(environment)} tooling/golden/ops.py (or tooling/golden/layers)`);
} catch (error) {
  console.error(`golden:setup: ${(error as Error).message}`);
  process.exitCode = 1;
}
