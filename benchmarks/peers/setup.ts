// `pnpm bench:setup [--only NAME]`: installs the peers of the benchmarks into benchmarks/peers/.installed.
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { packageFolder, setupTensorFlow, sitePackages } from '@striate/backend-tensorflow/setup';
import {
  execute,
  installTorch,
  makeEnvironment,
  pipInstall,
  pythonOf,
} from '../../tooling/golden/python-environment.ts';

const installed = fileURLToPath(new URL('.installed', import.meta.url));
const pythonFolder = join(installed, 'python');
const nodeFolder = join(installed, 'node');
const kerasFolder = join(installed, 'keras');

const nodePackages = {
  '@jax-js/jax': '0.1.25',
  '@tensorflow/tfjs': '4.22.0',
  '@tensorflow/tfjs-node': '4.22.0',
};

const peers: Record<string, () => void | Promise<void>> = {
  pytorch() {
    makeEnvironment(pythonFolder);
    installTorch(pythonFolder);
  },
  async 'tfjs-node'() {
    installNodePackages();
    await installBinding();
  },
  keras: installKeras,
  'tfjs-cpu': installNodePackages,
  'jax-js': installNodePackages,
};

function installNodePackages(): void {
  const isThere = Object.keys(nodePackages).every((name) =>
    existsSync(join(nodeFolder, 'node_modules', name, 'package.json')),
  );
  if (isThere) {
    console.log('  npm packages are there');
    return;
  }
  console.log(`  installing ${Object.keys(nodePackages).join(', ')} with npm`);
  mkdirSync(nodeFolder, { recursive: true });
  writeFileSync(join(nodeFolder, 'package.json'), JSON.stringify({ private: true, dependencies: nodePackages }));
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // tfjs-node's own install script would download a binding for an old TensorFlow.
  const options = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execute(npm, options, 'Is npm on the PATH, and its registry reachable?', nodeFolder);
}

/** The binding that our own backend uses: both sides compute on the same TensorFlow. */
async function installBinding(): Promise<void> {
  const folder = await setupTensorFlow({ log: (line) => console.log(`  ${line}`) });
  // tfjs-node looks for the highest Node-API version that it knows, which is 8.
  const target = join(nodeFolder, 'node_modules/@tensorflow/tfjs-node/lib/napi-v8');
  mkdirSync(target, { recursive: true });
  copyFileSync(join(packageFolder(folder), 'lib/napi-v8/tfjs_binding.node'), join(target, 'tfjs_binding.node'));
}

/** What TensorFlow's Python needs, Keras among it, beside the very TensorFlow that our own backend uses. */
async function installKeras(): Promise<void> {
  const tensorflow = sitePackages(await setupTensorFlow({ log: (line) => console.log(`  ${line}`) }));
  makeEnvironment(kerasFolder);
  const path = execute(pythonOf(kerasFolder), ['-c', 'import site; print(site.getsitepackages()[0])'], 'Is it Python?');
  writeFileSync(join(path.trim(), 'tensorflow.pth'), `${tensorflow}\n`);
  const needed =
    "from importlib.metadata import requires; print('\\n'.join(r for r in requires('tensorflow-cpu') if 'extra ==' not in r))";
  const packages = execute(pythonOf(kerasFolder), ['-c', needed], 'The metadata of TensorFlow could not be read.');
  pipInstall(kerasFolder, packages.trim().split(/\r?\n/));
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
  for (const name of values.only ?? Object.keys(peers)) {
    const install = peers[name];
    if (!install) throw new Error(`There is no peer '${name}'. Known: ${Object.keys(peers).join(', ')}.`);
    console.log(name);
    await install();
  }
  console.log('ready: pnpm bench step');
}

try {
  await main();
} catch (error) {
  console.error(`bench:setup: ${(error as Error).message}`);
  process.exitCode = 1;
}
