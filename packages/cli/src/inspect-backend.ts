import type { Availability } from '@striate/core';
import { exampleOf, type BackendManifest } from '@striate/core/backend';
import { manifestOf, notInstalled } from './backends.ts';

/** Whether a backend works here, and what it found. */
export type Inspection = Availability & {
  name: string;
  /** What else there is to know, a line each. */
  details: string[];
};

/** Looks whether a backend works in this process. Its native libraries stay loaded. */
export async function inspectBackend(name: string): Promise<Inspection> {
  const manifest = await manifestOf(name);
  if (!manifest) return { name, ...notInstalled(name), details: [] };
  const found = await manifest.make().probe();
  return {
    name,
    ...found,
    details: [...libraries(manifest), ...((await manifest.inspect?.()) ?? []), ...options(manifest)],
  };
}

/** The shared libraries that this process has loaded for it, and the variable that chose them. */
function libraries({ libraries: wanted }: BackendManifest): string[] {
  if (!wanted) return [];
  const { files, variable } = wanted;
  Object.assign(process.report, { excludeNetwork: true }); // else it looks up hosts, which takes seconds
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
  const origin = variable !== undefined && process.env[variable] ? `, from ${variable}` : '';
  return sharedObjects.filter((path) => files.test(path)).map((path) => `library: ${path}${origin}`);
}

/** What may follow its name on the command line. */
function options({ options: all }: BackendManifest): string[] {
  const told = Object.entries(all).map(([name, { form }]) => `${name}=${exampleOf(form)}`);
  return told.length === 0 ? [] : [`options: ${told.join(', ')}`];
}
