// `pnpm bench:setup [--only NAME]`: installs the peers of the benchmarks into benchmarks/peers/.installed.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  execute,
  hasPackage,
  installTorch,
  makeEnvironment,
  pipInstall,
} from '../../tooling/golden/python-environment.ts';

const installed = fileURLToPath(new URL('.installed', import.meta.url));
const pythonFolder = join(installed, 'python');
const nodeFolder = join(installed, 'node');

const tensorflowVersion = '2.21.0';
const nodePackages = {
  '@jax-js/jax': '0.1.25',
  '@tensorflow/tfjs': '4.22.0',
  '@tensorflow/tfjs-node': '4.22.0',
  'node-api-headers': '1.9.0',
};

const peers: Record<string, () => void> = {
  pytorch() {
    makeEnvironment(pythonFolder);
    installTorch(pythonFolder);
  },
  'tfjs-node'() {
    installNodePackages();
    makeEnvironment(pythonFolder);
    installTensorFlow();
    buildBinding();
  },
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

/** The wheel alone: only its libraries and headers are used, never its Python. */
function installTensorFlow(): void {
  if (hasPackage(pythonFolder, 'tensorflow-cpu', tensorflowVersion)) {
    console.log(`  TensorFlow ${tensorflowVersion} is there`);
    return;
  }
  console.log(`  installing TensorFlow ${tensorflowVersion} (1.3 GB)`);
  pipInstall(pythonFolder, ['--no-deps', `tensorflow-cpu==${tensorflowVersion}`]);
}

/** Compiles tfjs-node's two C++ files against the wheel's library; Node-API makes the result fit every Node. */
function buildBinding(): void {
  const packageFolder = join(nodeFolder, 'node_modules/@tensorflow/tfjs-node');
  // tfjs-node looks for the highest Node-API version that it knows, which is 8.
  const target = join(packageFolder, 'lib/napi-v8/tfjs_binding.node');
  if (existsSync(target)) {
    console.log('  the tfjs-node binding is there');
    return;
  }
  if (process.platform !== 'linux') throw new Error('The tfjs-node binding is built on Linux only.');
  console.log('  building the tfjs-node binding (10 s)');
  const library = join(pythonFolder, 'lib');
  const tensorflow = join(
    library,
    readdirSync(library).find((name) => name.startsWith('python'))!,
    'site-packages/tensorflow',
  );
  mkdirSync(join(packageFolder, 'lib/napi-v8'), { recursive: true });
  const flags = ['-std=c++17', '-O2', '-shared', '-fPIC', '-w', '-DNAPI_VERSION=9', `-Wl,-rpath,${tensorflow}`];
  const headers = ['..', join(tensorflow, 'include'), join(nodeFolder, 'node_modules/node-api-headers/include')];
  const sources = ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'];
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((name) => join(tensorflow, name));
  const options = [...flags, ...headers.map((folder) => `-I${folder}`), ...sources, '-o', target, ...libraries];
  execute('g++', options, 'A C++ compiler is needed: install g++.', packageFolder);
}

function main(): void {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
  for (const name of values.only ?? Object.keys(peers)) {
    const install = peers[name];
    if (!install) throw new Error(`There is no peer '${name}'. Known: ${Object.keys(peers).join(', ')}.`);
    console.log(name);
    install();
  }
  console.log('ready: pnpm bench step');
}

try {
  main();
} catch (error) {
  console.error(`bench:setup: ${(error as Error).message}`);
  process.exitCode = 1;
}
