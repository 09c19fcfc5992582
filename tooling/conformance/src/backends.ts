import type { Backend } from '@striate/core';
import type { BackendManifest } from '@striate/core/backend';
import { cpu } from '@striate/core/testing';
import self from '../package.json' with { type: 'json' };

/** tfjs' own CPU backend, on which ops are their references. */
const references: BackendManifest = { name: 'cpu', doc: 'the references', options: {}, tolerance: 1e-4, make: cpu };

// Every backend that this package depends on. Where no GPU is found, WebGPU computes on the CPU.
const packages = Object.keys(self.dependencies).filter((name) => name.startsWith('@striate/backend-'));
const ours = packages.map(async (name) => {
  const entry = name === '@striate/backend-webgpu' ? 'testing' : 'manifest';
  return ((await import(/* @vite-ignore */ `${name}/${entry}`)) as { manifest: BackendManifest }).manifest;
});
const manifests = [references, ...(await Promise.all(ours))];

/** Two threads, where there are such, unless the settings say otherwise. */
const making =
  ({ make, options }: BackendManifest, settings: object = {}) =>
  (): Backend =>
    make({ ...('threads' in options && { threads: 2 }), ...settings });

/** Every way of computing that the suite runs on, by name: each backend as it is, and in its variants. */
export const backends: Record<string, () => Backend> = Object.fromEntries(
  manifests.flatMap((manifest) => [
    [manifest.name, making(manifest)],
    ...Object.entries(manifest.variants ?? {}).map(
      ([variant, settings]) => [`${manifest.name}, ${variant}`, making(manifest, settings)] as const,
    ),
  ]),
);

/** What a backend, or a variant of it, may differ by, as a part of the largest value. */
export function toleranceOf(backend: string): number {
  return manifests.find(({ name }) => backend.split(/, |-browser$/)[0] === name)!.tolerance;
}
