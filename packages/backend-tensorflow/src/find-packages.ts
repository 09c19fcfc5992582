import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BackendError } from '@striate/core';
import { hasCuda, isSetUp, packageFolder, tensorflowFolder } from './setup/tensorflow-folder.ts';

/** A tfjs-node package whose binding has been built. */
export interface TensorFlowPackage {
  /** How people know it: '@tensorflow/tfjs-node-gpu', or the folder that `striate setup tensorflow` made. */
  readonly name: string;
  readonly folder: string;
  readonly binding: string;
  /** Whether it was built for NVIDIA GPUs. */
  readonly hasCuda: boolean;
  /** Whether `striate setup tensorflow` has made it: signals then wait while TensorFlow computes (native/signals.cc). */
  readonly isOwn: boolean;
}

/** Packages with a binding, the preferred one first: STRIATE_TENSORFLOW, the project's own, then those of the cache. */
export function findPackages(device: 'auto' | 'cpu' | 'gpu'): TensorFlowPackage[] {
  const chosen = process.env['STRIATE_TENSORFLOW'];
  const cuda = device === 'cpu' ? [false, true] : [true, false];
  const folders = [...new Set(cuda.flatMap((withCuda) => ownFolder(withCuda)))].filter(isSetUp);
  const ownOnes = folders.map((folder) => {
    return { name: folder, folder: packageFolder(folder), hasCuda: hasCuda(folder), isOwn: true };
  });
  const candidates = chosen ? ownOnes : [...projectPackages(), ...ownOnes];
  return candidates.flatMap((candidate) => {
    const binding = bindingOf(candidate.folder);
    return binding === undefined ? [] : [{ ...candidate, binding }];
  });
}

/** None for a user without a home. */
function ownFolder(cuda: boolean): string[] {
  try {
    return [tensorflowFolder({ cuda })];
  } catch (error) {
    if (error instanceof BackendError) return [];
    throw error;
  }
}

/** The stock packages that the program's own folder has installed. */
function projectPackages(): Omit<TensorFlowPackage, 'binding'>[] {
  const require = createRequire(join(process.cwd(), 'package.json'));
  return ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'].flatMap((name) => {
    try {
      const folder = dirname(require.resolve(`${name}/package.json`));
      return [{ name, folder, hasCuda: name.endsWith('gpu'), isOwn: false }];
    } catch {
      return []; // not installed
    }
  });
}

/** The binding for the highest Node-API version that this Node speaks. */
function bindingOf(folder: string): string | undefined {
  const library = join(folder, 'lib');
  if (!existsSync(library)) return undefined;
  const highest = Number(process.versions['napi']);
  const versions = readdirSync(library)
    .map((name) => Number(/^napi-v(\d+)$/.exec(name)?.[1]))
    .filter((version) => version <= highest)
    .toSorted((a, b) => b - a);
  return versions.map((version) => join(library, `napi-v${version}`, 'tfjs_binding.node')).find(existsSync);
}
