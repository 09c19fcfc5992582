import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The version whose values and times are committed. */
export const torchVersion = '2.15.0';

/** The interpreter of a virtual environment. */
export function pythonOf(environment: string): string {
  return process.platform === 'win32' ? join(environment, 'Scripts', 'python.exe') : join(environment, 'bin', 'python');
}

/** Makes the virtual environment `environment`, unless it is there. */
export function makeEnvironment(environment: string): void {
  if (existsSync(pythonOf(environment))) return;
  console.log(`  making a Python environment in ${environment}`);
  const system = process.platform === 'win32' ? 'python' : 'python3';
  execute(
    system,
    ['-m', 'venv', environment],
    `'${system}' with its venv module is needed: install Python 3.10 or later.`,
  );
}

/** Installs packages into `environment` with pip. */
export function pipInstall(environment: string, packages: readonly string[]): void {
  const remedy =
    'pip could not install them: is a package index reachable (PIP_INDEX_URL), and is there space on the disk?';
  execute(pythonOf(environment), ['-m', 'pip', 'install', '--quiet', ...packages], remedy);
}

/** Whether `environment` has a package in this version. */
export function hasPackage(environment: string, name: string, version: string): boolean {
  const code = `from importlib.metadata import version; assert version('${name}') == '${version}'`;
  return spawnSync(pythonOf(environment), ['-c', code]).status === 0;
}

/**
 * Installs PyTorch for the CPU. The index' wheel links against CUDA libraries, which it loads even without a GPU;
 * what it does not load (triton, cuSOLVER, the bindings: more than 1 GB) is left out.
 */
export function installTorch(environment: string): void {
  const code = `import torch; assert torch.__version__.startswith('${torchVersion}')`;
  if (spawnSync(pythonOf(environment), ['-c', code]).status === 0) {
    console.log(`  PyTorch ${torchVersion} is there`);
    return;
  }
  console.log(`  installing PyTorch ${torchVersion} (on Linux about 3 GB with the libraries it links against)`);
  pipInstall(environment, ['--no-deps', `torch==${torchVersion}`]);
  const needed = execute(pythonOf(environment), ['-c', neededByTorch], 'The metadata of torch could not be read.');
  pipInstall(environment, ['numpy', ...needed.trim().split(/\r?\n/)]);
  execute(
    pythonOf(environment),
    ['-c', 'import torch'],
    'PyTorch does not load: the message above names the library that is missing.',
  );
}

const neededByTorch = `
from importlib.metadata import requires
for line in requires('torch'):
    if 'extra ==' not in line and not line.startswith(('triton', 'cuda-bindings', 'setuptools')):
        print(line.replace('cusolver,', '').replace(',nvtx', ''))
`;

/** Runs a command and returns what it printed; throws with `remedy` if it fails. */
export function execute(command: string, args: readonly string[], remedy: string, cwd?: string): string {
  const { status, stdout, error } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (status === 0) return stdout;
  const reason = error ? error.message : `exit code ${status}`;
  throw new Error(`'${command} ${args.slice(0, 4).join(' ')} ...' failed (${reason}). ${remedy}`);
}
