import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BackendError } from '@striate/core';
import { execute } from './execute.ts';
import { sitePackages } from './python.ts';
import type { SetupTask } from './setup-task.ts';
import { bindingPath, packageFolder } from './tensorflow-folder.ts';

/** Our own C++; the same place as seen from src/ and from dist/. */
const native = fileURLToPath(new URL('../../native/', import.meta.url));
const ownSources = ['adam.cc', 'dropout.cc', 'signals.cc'].map((name) => join(native, name));
const ownHeaders = [join(native, 'call.h')];
const replaced = ['TFE_Execute', 'TFE_NewContext'].map((name) => `-Wl,--wrap=${name}`);

/** Compiles tfjs-node's two C++ files and ours against the wheel's library; Node-API makes the result fit every Node. */
export async function buildBinding({ folder, cuda, log }: SetupTask): Promise<void> {
  const target = join(packageFolder(folder), bindingPath);
  const stamp = join(dirname(target), 'sources.sha256');
  const sourcesHash = hashOf([...ownSources, ...ownHeaders]);
  const isCurrent = existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesHash;
  if (isCurrent) return log('  binding: is there');
  log('  binding: compiling it (10 s)');
  const packages = sitePackages(folder);
  const tensorflow = join(packages, 'tensorflow');
  mkdirSync(dirname(target), { recursive: true });
  const nvidia = cuda ? globSync(join(packages, 'nvidia/*/lib')) : [];
  const headers = ['..', join(tensorflow, 'include'), join(folder, 'node-api-headers/include')];
  const paths = [tensorflow, ...nvidia].map((path) => `-Wl,-rpath,${path}`);
  const arithmetic = ['-O3', '-fno-math-errno', '-ffp-contract=off'];
  const options = ['-std=c++17', ...arithmetic, '-shared', '-fPIC', '-w', '-DNAPI_VERSION=9', ...paths];
  const stock = ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'];
  const sources = [...stock, ...ownSources, ...replaced, '-o', `${target}.part`];
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((name) => join(tensorflow, name));
  // TensorFlow asks for CUDA's libraries by name alone: loaded with the binding, they are found.
  const cudaLibraries = nvidia.length > 0 ? ['-Wl,--no-as-needed', ...nvidia.flatMap(librariesIn)] : [];
  const args = [...options, ...headers.map((path) => `-I${path}`), ...sources, ...libraries, ...cudaLibraries];
  await execute(compiler(), args, { cwd: packageFolder(folder), remedy: 'Please report the lines above.' });
  renameSync(`${target}.part`, target);
  writeFileSync(stamp, sourcesHash);
}

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}

/** CUDA's libraries proper: neither stubs nor those that only a part of another loads by itself. */
function librariesIn(path: string): string[] {
  const wanted =
    /^lib(cudart|cublas|cublasLt|cudnn|cufft|curand|cusolver|cusparse|cupti|nccl|nvJitLink|nvrtc)\.so\.\d+$/;
  return globSync('*.so.*', { cwd: path })
    .filter((name) => wanted.test(name))
    .map((name) => join(path, name));
}

function compiler(): string {
  const candidates = process.env['CXX'] ? [process.env['CXX']] : ['g++', 'c++', 'clang++'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = candidates.find((name) => folders.some((folder) => existsSync(join(folder, name))) || existsSync(name));
  if (found) return found;
  throw new BackendError(
    `tensorflow: there is no C++ compiler (looked for ${candidates.join(', ')}). On Debian and Ubuntu, apt install g++; or set CXX to one.`,
  );
}
